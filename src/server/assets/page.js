// What a script adds to views that can be read without one: sliders over the three times, a list that follows what is
// typed, and buttons that copy. Everything shown is made by the server.
"use strict";

(() => {
  const answer = document.getElementById("answer");
  let running = null;

  /** Shows what the server has at an address in the place of the answer. */
  async function show(address) {
    running?.abort();
    running = new AbortController();
    let page;
    try {
      const reply = await fetch(address, { signal: running.signal });
      page = new DOMParser().parseFromString(await reply.text(), "text/html");
    } catch (error) {
      if (error.name !== "AbortError") location.assign(address);
      return;
    }
    const fresh = page.getElementById("answer");
    if (!fresh) {
      location.assign(address);
      return;
    }
    answer.replaceChildren(...fresh.childNodes);
    const summary = document.querySelector(".times summary");
    const words = page.querySelector(".times summary");
    if (summary && words) summary.textContent = words.textContent;
    history.replaceState(null, "", address);
    offerCopies(answer);
    document.documentElement.dataset.shown = address;
  }

  function soon(action, milliseconds) {
    let timer = 0;
    return () => {
      clearTimeout(timer);
      timer = setTimeout(action, milliseconds);
    };
  }

  /** The address that a form asks for, without its empty fields. */
  function addressOf(form) {
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value) query.append(name, value);
    const text = query.toString();
    return form.getAttribute("action") + (text ? "?" + text : "");
  }

  function startSliders(form) {
    const follow = soon(() => show(addressOf(form)), 120);
    for (const slider of form.querySelectorAll(".slider")) {
      const field = form.elements[slider.dataset.for];
      const stops = slider.dataset.stops.split(" ");
      const isContinuous = slider.dataset.for === "asOf";
      const ends = [stops[0], stops[stops.length - 1]].map((stop) => Date.parse(stop));
      slider.max = isContinuous ? 1000 : stops.length;
      const timeAt = (value) => {
        if (!isContinuous) return stops[value] ?? "";
        const minute = Math.round((ends[0] + ((ends[1] - ends[0]) * value) / 1000) / 60000) * 60000;
        return new Date(Math.min(Math.max(minute, ends[0]), ends[1])).toISOString().replace(".000Z", "Z");
      };
      const place = () => {
        const time = field.value ? Date.parse(field.value) : NaN;
        if (isContinuous) {
          const at = Number.isNaN(time) ? Date.now() : time;
          slider.value = (1000 * (at - ends[0])) / (ends[1] - ends[0]);
        } else {
          const stop = stops.findLastIndex((one) => Date.parse(one) <= time);
          slider.value = Number.isNaN(time) ? stops.length : Math.max(stop, 0);
        }
        slider.setAttribute("aria-valuetext", field.value || field.placeholder);
      };
      slider.addEventListener("input", () => {
        field.value = timeAt(Number(slider.value));
        slider.setAttribute("aria-valuetext", field.value || field.placeholder);
        follow();
      });
      field.addEventListener("change", place);
      place();
      slider.hidden = false;
    }
  }

  /** Shows the buttons that copy the code beside them. */
  function offerCopies(part) {
    for (const button of part.querySelectorAll("button.copy")) {
      button.hidden = false;
      button.addEventListener("click", async () => {
        const code = button.closest(".copied").querySelector("code");
        try {
          await navigator.clipboard.writeText(code.textContent);
          button.textContent = "Copied";
        } catch {
          getSelection().selectAllChildren(code);
          button.textContent = "Press Ctrl+C";
        }
        setTimeout(() => (button.textContent = "Copy"), 2000);
      });
    }
  }

  const times = document.querySelector("form.basis");
  if (times && answer) startSliders(times);
  const search = document.querySelector("form.search");
  if (search && answer) {
    search.elements.q.addEventListener("input", soon(() => show(addressOf(search)), 150));
  }
  offerCopies(document);
})();
