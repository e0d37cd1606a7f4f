// Positions: kept in this browser, asked about at /v1/impact, and shown as tables. What the server answers is put into the
// page as text.
"use strict";

(() => {
  const KEY = "tierbook.positions";
  const EXAMPLE = "symbol,side,quantity,mark_price,leverage\nACTUSDT,long,1000000,0.06,10\nBTCUSDT,short,0.5,90000,20\n";
  const form = document.getElementById("positions");
  if (!form) return;
  const area = document.getElementById("positions-text");
  const file = document.getElementById("positions-file");
  const status = document.getElementById("positions-status");
  const result = document.getElementById("positions-result");

  function stored() {
    try {
      return localStorage.getItem(KEY) ?? "";
    } catch {
      return "";
    }
  }

  function store(text) {
    try {
      if (text) localStorage.setItem(KEY, text);
      else localStorage.removeItem(KEY);
    } catch {
      // Without storage they are there until the page is left.
    }
  }

  function element(name, text, className) {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  /** `1,234.5` for "1234.5": every digit as it is. */
  function grouped(figure) {
    if (figure === null || figure === undefined) return "";
    const [whole, part] = String(figure).split(".");
    const groups = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
    return part ? groups + "." + part.slice(0, 8) : groups;
  }

  function percent(fraction) {
    if (fraction === null || fraction === undefined) return "";
    return Number((Number(fraction) * 100).toFixed(4)) + " %";
  }

  function time(text) {
    return text ? text.replace("T", " ").replace(/(:00)?Z$/, "") : "";
  }

  /** A cell with a figure now, and after an arrow the one then where it is another one. */
  function change(row, figure, shown) {
    const cell = element("td", undefined, "figure");
    const [now, then] = [row.now, row.then].map((side) => shown(side?.[figure]));
    if (row.then && now !== then) cell.append(element("del", now || "none"), " → ", element("ins", then || "none"));
    else cell.append(now);
    return cell;
  }

  function table(caption, titles, rows) {
    const box = element("div", undefined, "scroll");
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", caption);
    box.tabIndex = 0;
    const made = element("table");
    const words = element("caption");
    words.append(element("span", caption));
    made.append(words);
    const head = element("tr");
    for (const title of titles) {
      const cell = element("th", title.replace("#", ""), title.startsWith("#") ? "figure" : "words");
      cell.scope = "col";
      head.append(cell);
    }
    made.append(element("thead"), element("tbody"));
    made.tHead.append(head);
    made.tBodies[0].append(...rows);
    // A column without a figure in any row is left out.
    for (let column = titles.length - 1; column >= 0; column--) {
      if (rows.every((row) => !row.cells[column].textContent)) {
        for (const row of made.rows) row.deleteCell(column);
      }
    }
    box.append(made);
    return box;
  }

  function named(text, address) {
    const cell = element("th");
    cell.scope = "row";
    const name = element("bdi", text);
    if (address) {
      const link = element("a");
      link.href = address;
      link.append(name);
      cell.append(link);
    } else cell.append(name);
    return cell;
  }

  /** What a change does, in the words of the answer. */
  function effects(row) {
    const cell = element("td");
    if (!row.verdicts.length) return cell;
    const list = element("ul", undefined, "effects");
    for (const verdict of row.verdicts) list.append(element("li", verdict.message));
    cell.append(list);
    return cell;
  }

  function moment(text) {
    const cell = element("td");
    if (text) cell.append(element("time", time(text)));
    return cell;
  }

  function position(row) {
    const made = element("tr", undefined, row.affected ? "differs" : "");
    const address = row.subject ? "/contract/" + encodeURIComponent(row.subject) : "";
    made.append(named(row.symbol, address), element("td", row.side), moment(row.change_at));
    made.append(change(row, "notional", grouped), change(row, "mmr", percent), change(row, "maintenance_margin", grouped));
    made.append(change(row, "max_leverage", (leverage) => (leverage ? leverage + "x" : "")));
    made.append(change(row, "liquidation_price", grouped), change(row, "margin_ratio", percent));
    made.append(effects(row));
    return made;
  }

  function account(row) {
    const made = element("tr", undefined, row.affected ? "differs" : "");
    made.append(named(row.unit + " " + row.kind), moment(row.change_at));
    made.append(change(row, "notional", grouped), change(row, "maintenance_margin", grouped));
    made.append(change(row, "margin_balance", grouped), change(row, "margin_ratio", percent));
    made.append(effects(row));
    return made;
  }

  const POSITION = ["name", "side", "change at", "#notional", "#rate", "#maintenance margin", "#highest leverage", "#liquidation price", "#margin ratio", "what it does"];
  const ACCOUNT = ["account", "change at", "#notional", "#maintenance margin", "#margin balance", "#margin ratio", "what it does"];

  function shown(rows) {
    const of = (kind) => rows.filter((row) => row.row === kind);
    const parts = [];
    if (of("position").length) parts.push(table("Positions, the most urgent first", POSITION, of("position").map(position)));
    if (of("account").length) parts.push(table("Accounts", ACCOUNT, of("account").map(account)));
    const affected = of("position").filter((row) => row.affected).length;
    const announced = rows.some((row) => row.change_at);
    status.textContent = !announced
      ? "No change of these contracts is announced; these are the figures of the tables in force."
      : affected === 0
        ? "No announced change affects a position."
        : affected === 1
          ? "1 change affects a position."
          : affected + " changes affect positions.";
    result.replaceChildren(...parts);
  }

  function refused(problem) {
    status.textContent = problem.detail ?? problem.title ?? "The positions cannot be read.";
    const hints = element("ul");
    for (const hint of problem.hints ?? []) hints.append(element("li", hint));
    result.replaceChildren(...(hints.children.length ? [hints] : []));
  }

  async function ask() {
    const text = area.value.trim();
    store(text);
    if (!text) {
      status.textContent = "Paste positions, or choose a file.";
      result.replaceChildren();
      return;
    }
    status.textContent = "Asking …";
    // Without the name of a form, the server sees which one it is.
    const address = new URL(form.dataset.impact, location.href);
    try {
      const reply = await fetch(address, { method: "POST", body: text, headers: { accept: "application/json" } });
      const body = await reply.json();
      if (reply.ok) shown(body);
      else refused(body);
    } catch {
      status.textContent = "The server does not answer.";
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask();
  });
  file.addEventListener("change", async () => {
    if (!file.files[0]) return;
    area.value = await file.files[0].text();
    ask();
  });
  document.getElementById("positions-example").addEventListener("click", () => {
    area.value = EXAMPLE;
    ask();
  });
  document.getElementById("positions-clear").addEventListener("click", () => {
    area.value = "";
    file.value = "";
    store("");
    status.textContent = "Forgotten.";
    result.replaceChildren();
    area.focus();
  });
  area.value = stored();
  if (area.value) ask();
})();
