// What is wrong with the page as it stands, for eyes, screen readers and fingers: run in the page by tests/it/console.
const root = document.documentElement, width = root.clientWidth, findings = [];
const called = (element) => `${element.tagName.toLowerCase()} “${(element.textContent || element.name || "").trim().slice(0, 40)}”`;
const all = (query) => [...document.querySelectorAll(query)];
const shown = (element) => element.getClientRects().length > 0 && getComputedStyle(element).visibility !== "hidden";
const named = (element) => (element.getAttribute("aria-label") ?? "").trim()
  || (element.getAttribute("aria-labelledby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent ?? "").join(" ").trim();
// Hidden from the eye on purpose: a box of one pixel, or the skip link before it has the focus.
const unseen = (element) => element.closest(".hidden, .skip, thead") !== null && element.getBoundingClientRect().width < 2
  || element.closest(".hidden, .skip") !== null || getComputedStyle(element.closest("thead") ?? element).clipPath !== "none";
const scrolls = (element) => element.parentElement?.closest(".scroll, pre") ?? null;

if (root.scrollWidth > width) findings.push(`it is ${root.scrollWidth} px wide in a window of ${width} px`);

// Structure
if (root.lang !== "en") findings.push(`its language is “${root.lang}”`);
if (document.title.trim() === "") findings.push("it has no title");
for (const [query, count] of [["h1", 1], ["main", 1], ["header", 1], ["nav[aria-label=Main]", all(".who").length], ["a.skip[href='#main']", 1]]) {
  if (all(query).length !== count) findings.push(`it has ${all(query).length} of ${query}`);
}
let level = 0;
for (const heading of all("h1, h2, h3, h4, h5, h6").filter(shown)) {
  const next = Number(heading.tagName[1]);
  if (next > level + 1) findings.push(`${called(heading)} follows a heading of level ${level}`);
  if (heading.textContent.trim() === "") findings.push("a heading is empty");
  level = next;
}
const ids = all("[id]").map((element) => element.id);
for (const id of new Set(ids.filter((id, at) => ids.indexOf(id) !== at))) findings.push(`the id ${id} is there twice`);
for (const element of all("[aria-labelledby], [aria-describedby], label[for]")) {
  const refers = `${element.getAttribute("aria-labelledby") ?? ""} ${element.getAttribute("aria-describedby") ?? ""} ${element.getAttribute("for") ?? ""}`;
  for (const id of refers.split(" ").filter(Boolean)) if (!document.getElementById(id)) findings.push(`${called(element)} refers to ${id}, which is not there`);
}
for (const element of all("[tabindex]")) if (element.tabIndex > 0) findings.push(`${called(element)} changes the order of the keyboard`);

// Names
for (const field of all("input:not([type=hidden]), select, textarea")) {
  if (field.labels.length === 0 && !named(field)) findings.push(`the field ${field.name} has no label`);
}
for (const element of all("a[href], button, summary")) {
  if (!element.textContent.trim() && !named(element)) findings.push(`a ${element.tagName.toLowerCase()} has no name: ${element.outerHTML.slice(0, 80)}`);
}
for (const frame of all("iframe")) if (!frame.title) findings.push("a frame has no title");
for (const image of all("img")) if (!image.hasAttribute("alt")) findings.push("an image has no alternative");
for (const plot of all("svg")) if (plot.getAttribute("role") !== "img" || !named(plot)) findings.push("a plot has no name");
for (const progress of all("progress")) if (progress.labels.length === 0 && !named(progress)) findings.push("a progress bar has no name");
for (const cell of all("th")) if (!cell.hasAttribute("scope")) findings.push(`${called(cell)} has no scope`);
for (const box of all(".scroll, pre[tabindex]")) if (box.tabIndex !== 0 || !named(box) || box.getAttribute("role") !== "region") findings.push("a box that scrolls cannot be reached or has no name");

// Fingers (WCAG 2.2, 2.5.8): links in running text are excepted.
for (const element of all("button, select, input:not([type=hidden], [type=checkbox], [type=radio]), a.button, nav a, .tabs a").filter(shown)) {
  const box = element.getBoundingClientRect();
  if (box.height < 24 || box.width < 24) findings.push(`${called(element)} is ${box.width} by ${box.height} px`);
}

// Contrast: sRGB to relative luminance (WCAG 2.2).
const channels = (color) => (color.match(/[\d.]+/g) ?? []).map(Number);
const luminance = (color) => {
  const [r, g, b] = channels(color).map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const opaque = (color) => { const [, , , alpha = 1] = channels(color); return alpha === 1; };
const ground = (element) => {
  for (let at = element; at; at = at.parentElement) {
    const color = getComputedStyle(at).backgroundColor;
    if (opaque(color)) return color;
  }
  return "rgb(255, 255, 255)";
};

for (const element of document.body.querySelectorAll("*")) {
  if (!shown(element) || unseen(element)) continue;
  const box = element.getBoundingClientRect(), inside = scrolls(element);
  if (!inside && (box.left < -0.5 || box.right > width + 0.5)) findings.push(`${called(element)} reaches from ${box.left} to ${box.right} px of ${width}`);
  const own = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== "");
  if (own.length === 0 || ["TITLE", "title", "desc", "OPTION"].includes(element.tagName)) continue;
  const range = document.createRange();
  for (const node of own) {
    range.selectNodeContents(node);
    const text = range.getBoundingClientRect();
    if (!inside && text.width > 0 && (text.left < -0.5 || text.right > width + 0.5)) findings.push(`the text of ${called(element)} reaches from ${text.left} to ${text.right} px of ${width}`);
  }
  const style = getComputedStyle(element), color = element.tagName === "text" ? style.fill : style.color;
  const [light, dark] = [color, ground(element)].map(luminance).sort((a, b) => b - a);
  const contrast = (light + 0.05) / (dark + 0.05);
  if (contrast < 4.5) findings.push(`${called(element)} has a contrast of ${contrast.toFixed(2)}`);
}
return findings;
