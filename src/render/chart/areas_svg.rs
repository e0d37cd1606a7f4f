//! Areas in an SVG document: their plane, and what shades, hatches and signs mean.

use super::areas::{Area, Areas, ChangeLine, Doubt, Hatch, MarkedTime, Sign};
use super::elements::{LINE, PLANE, Sheet, escaped, tenth, width_of, wrapped, written};
use super::labels::placed;
use super::picture::SPAN;
use crate::decimal::Decimal;

/// The areas from `top` down, their axes and the legend, and where all that ends.
pub fn drawn(areas: &Areas, top: u32, sheet: Sheet) -> (String, u32) {
    let letters = areas.levels.iter().map(|(_, label)| width_of(label)).max().unwrap_or(0);
    // Above the plane are the days of changes, and their signs.
    let plane = Plane { left: sheet.margin + 8 + letters, right: sheet.right(), top: top + 3 * LINE, areas };
    let mut text = patterns(sheet);
    text += &plane.levels();
    text += &areas.drawn.iter().map(|area| plane.area(area)).collect::<String>();
    text += &areas.hatches.iter().map(|hatch| plane.hatch(hatch, sheet)).collect::<String>();
    text += &areas.drawn.iter().map(|area| plane.figure(area)).collect::<String>();
    text += &areas.changes.iter().map(|change| plane.change(change)).collect::<String>();
    text += &plane.days();
    text += &plane.axes();
    let mut below = plane.foot() + 2 * LINE;
    for line in wrapped(&areas.axes, sheet.right() - sheet.margin) {
        below += LINE;
        text += &written(sheet.margin, below, "label", "start", &line);
    }
    let (legend, below) = legend(areas, below + LINE + 4, sheet);
    (text + &legend, below)
}

/// What uncertain periods are filled with: a dark and a light line, or dots, so that one of them is seen on any shade.
fn patterns(sheet: Sheet) -> String {
    let id = escaped(sheet.id);
    format!(
        "<defs><pattern id=\"{id}-other\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\" \
         patternTransform=\"rotate(45)\"><path class=\"dark-line\" d=\"M1 0V8\"/><path class=\"light-line\" \
         d=\"M2 0V8\"/></pattern><pattern id=\"{id}-unconfirmed\" width=\"9\" height=\"9\" \
         patternUnits=\"userSpaceOnUse\"><circle class=\"light-dot\" cx=\"3\" cy=\"3\" r=\"1.5\"/><circle \
         class=\"dark-dot\" cx=\"2.4\" cy=\"2.4\" r=\"1\"/></pattern></defs>\n"
    )
}

/// The name of the pattern of a doubt.
fn pattern(doubt: Doubt) -> &'static str {
    match doubt {
        Doubt::Other => "other",
        Doubt::Unconfirmed => "unconfirmed",
    }
}

struct Plane<'a> {
    left: u32,
    right: u32,
    top: u32,
    areas: &'a Areas,
}

impl Plane<'_> {
    fn foot(&self) -> u32 {
        self.top + PLANE
    }

    /// Tenths of a pixel from the left.
    fn across(&self, place: u32) -> u64 {
        let width = u64::from((self.right - self.left) * 10);
        u64::from(self.left) * 10 + u64::from(place) * width / u64::from(SPAN)
    }

    /// Tenths of a pixel from above; `None` is the upper edge.
    fn down(&self, figure: Option<Decimal>) -> u64 {
        let height = figure.map_or(PLANE * 10, |figure| match figure.is_zero() {
            true => 0,
            false => self.areas.scale.place(figure, PLANE * 10),
        });
        u64::from(self.foot() * 10 - height)
    }

    /// The path around what is between two places and two heights.
    fn around(&self, [from, until]: [u32; 2], over: Decimal, up_to: Option<Decimal>) -> String {
        let [left, right] = [from, until].map(|place| tenth(self.across(place)));
        let [top, foot] = [up_to, Some(over)].map(|figure| tenth(self.down(figure)));
        format!("M{left} {foot}V{top}H{right}V{foot}Z")
    }

    fn levels(&self) -> String {
        let mut text = String::new();
        let mut free: Vec<u64> = Vec::new();
        for (level, label) in &self.areas.levels {
            let y = self.down(Some(*level));
            if free.iter().all(|other| other.abs_diff(y) >= u64::from(LINE * 10)) {
                free.push(y);
                let (left, right) = (self.left, self.right);
                text += &format!("<path class=\"grid\" d=\"M{left} {}H{right}\"/>\n", tenth(y));
                text += &written(left - 8, (y / 10) as u32 + 4, "", "end", label);
            }
        }
        text
    }

    fn area(&self, area: &Area) -> String {
        let path = self.around(area.places, area.over, area.up_to);
        let (shade, title) = (area.shade, escaped(&area.text));
        format!("<path class=\"area s{shade}\" d=\"{path}\"><title>{title}</title></path>\n")
    }

    /// The figure of an area, where there is room for it.
    fn figure(&self, area: &Area) -> String {
        let [left, right] = area.places.map(|place| self.across(place) / 10);
        let [top, foot] = [area.up_to, Some(area.over)].map(|figure| self.down(figure) / 10);
        if right - left < u64::from(width_of(&area.label)) + 8 || foot - top < 13 {
            return String::new();
        }
        let class = format!("figure f{}", area.shade);
        written(
            u32::midpoint(left as u32, right as u32),
            (u64::midpoint(top, foot) + 4) as u32,
            &class,
            "middle",
            &area.label,
        )
    }

    fn hatch(&self, hatch: &Hatch, sheet: Sheet) -> String {
        let path = self.around(hatch.places, Decimal::ZERO, hatch.up_to);
        let (id, pattern) = (escaped(sheet.id), pattern(hatch.doubt));
        let title = escaped(&hatch.text);
        format!(
            "<path class=\"hatch {pattern}\" fill=\"url(#{id}-{pattern})\" d=\"{path}\"><title>{title}</title></path>\n"
        )
    }

    fn change(&self, change: &ChangeLine) -> String {
        let x = self.across(change.place);
        let title = format!("<title>{}</title>", escaped(&change.text));
        let class = match change.sign {
            Sign::Announced => "",
            Sign::RollOut => " rollout",
            Sign::Seen => " seen",
        };
        let (line, top, foot) = (tenth(x), self.top, self.foot());
        format!(
            "<path class=\"change{class}\" d=\"M{line} {top}V{foot}\">{title}</path>\n{}",
            sign(change.sign, x, top - 3, &title),
        )
    }

    /// The days of the changes, and the times that are marked with their words, as far as they fit.
    fn days(&self) -> String {
        let at = |place: u32| (self.across(place) / 10) as u32 - self.left;
        let mut changes: Vec<&ChangeLine> = self.areas.changes.iter().collect();
        changes.dedup_by_key(|change| at(change.place));
        // What is announced has its day before what was seen, and the time of the question and today before both.
        changes.sort_by_key(|change| change.sign);
        let days = changes.iter().map(|change| (change.place, change.label.as_str(), "label"));
        let marked = self.areas.marked();
        let mut marked_words = marked.iter().map(|it| (it.place, it.word, it.classes[1]));
        // The last word is always there, and then they are placed from the first on.
        let last = marked_words.next_back();
        let words: Vec<(u32, &str, &str)> = marked_words.chain(days).chain(last).collect();
        let wishes = words.iter().map(|(place, word, _)| (at(*place) as usize, width_of(word) as usize));
        let wishes: Vec<(usize, usize)> = wishes.collect();
        let mut text = String::new();
        for label in placed(&wishes, (self.right - self.left) as usize, 8) {
            let (_, word, class) = words[label.index];
            let y = self.top - 14 - LINE * label.row as u32;
            let middle = self.left + (label.start + wishes[label.index].1 / 2) as u32;
            text += &written(middle, y, class, "middle", word);
        }
        for MarkedTime { place, classes, .. } in marked {
            let (x, class) = (tenth(self.across(place)), classes[0]);
            text += &format!("<path class=\"{class}\" d=\"M{x} {}V{}\"/>\n", self.top - 10, self.foot());
        }
        text
    }

    fn axes(&self) -> String {
        let (left, top, foot, right) = (self.left, self.top, self.foot(), self.right);
        let mut text = format!("<path class=\"axis\" d=\"M{left} {top}V{foot}H{right}\"/>\n");
        for mark in &self.areas.marks {
            text += &format!("<path class=\"axis\" d=\"M{} {foot}v5\"/>\n", tenth(self.across(mark.place)));
        }
        let at = |place: u32| (self.across(place) / 10) as u32 - left;
        let labels =
            self.areas.marks.iter().map(|mark| (at(mark.place) as usize, width_of(&mark.label) as usize));
        let labels: Vec<(usize, usize)> = labels.collect();
        for label in placed(&labels, (right - left) as usize, 12).iter().filter(|label| label.row == 0) {
            let middle = left + (label.start + labels[label.index].1 / 2) as u32;
            text += &written(middle, foot + LINE, "", "middle", &self.areas.marks[label.index].label);
        }
        text
    }
}

/// A sign whose tip is at a place, in tenths of a pixel from the left.
fn sign(sign: Sign, x: u64, y: u32, title: &str) -> String {
    let at = |tenths: i64| tenth(x.saturating_add_signed(tenths));
    let (class, path) = match sign {
        Sign::Announced => ("sign", format!("M{} {}h9L{} {y}Z", at(-45), y - 8, at(0))),
        Sign::RollOut => ("sign rollout", format!("M{} {}h9L{} {y}Z", at(-45), y - 8, at(0))),
        Sign::Seen => ("sign seen", format!("M{} {y}l4 -4l-4 -4l-4 4Z", at(0))),
    };
    format!("<path class=\"{class}\" d=\"{path}\">{title}</path>\n")
}

/// What shades, hatches and signs mean, one after the other, and where that ends.
fn legend(areas: &Areas, y: u32, sheet: Sheet) -> (String, u32) {
    let id = escaped(sheet.id);
    let (mut x, mut y, mut text) = (sheet.margin, y, String::new());
    let mut add = |sample: &dyn Fn(u32, u32) -> String, words: &str| {
        let width = 20 + width_of(words) + 14;
        if x > sheet.margin && x + width > sheet.right() {
            (x, y) = (sheet.margin, y + LINE);
        }
        text += &sample(x, y);
        for (number, line) in wrapped(words, sheet.right() - sheet.margin - 20).iter().enumerate() {
            y += if number > 0 { LINE } else { 0 };
            text += &written(x + 20, y, "", "start", line);
        }
        x += width;
    };
    let square = |x: u32, y: u32| format!("d=\"M{x} {}h14v14h-14Z\"/>\n", y - 11);
    for shade in areas.shades() {
        add(&|x, y| format!("<path class=\"area s{shade}\" {}", square(x, y)), &areas.scheme.meaning(shade));
    }
    for sort in areas.signs() {
        add(&|x, y| sign(sort, u64::from(x + 7) * 10, y, ""), sort.meaning());
    }
    for doubt in [Doubt::Other, Doubt::Unconfirmed] {
        let Some(words) = areas.doubt(doubt) else { continue };
        let name = pattern(doubt);
        let sample = |x, y| format!("<path class=\"hatch\" fill=\"url(#{id}-{name})\" {}", square(x, y));
        add(&sample, &words);
    }
    (text, y)
}
