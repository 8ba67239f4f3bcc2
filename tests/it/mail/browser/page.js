// What is wrong with the page as it stands: run by tests/it/mail/browser.rs in the page itself.
const root = document.documentElement, width = root.clientWidth, findings = [];
const called = (element) => `${element.tagName.toLowerCase()} “${element.textContent.trim().slice(0, 40)}”`;

if (root.scrollWidth > width) findings.push(`it is ${root.scrollWidth} px wide in a window of ${width} px`);

// sRGB to relative luminance (WCAG 2.2).
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

let texts = 0;
for (const element of document.body.querySelectorAll("*")) {
  if (element.getClientRects().length === 0) continue;
  const box = element.getBoundingClientRect();
  if (box.left < -0.5 || box.right > width + 0.5) {
    findings.push(`${called(element)} reaches from ${box.left} to ${box.right} px of ${width}`);
  }
  const own = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== "");
  if (own.length === 0) continue;
  texts += 1;
  const range = document.createRange();
  for (const node of own) {
    range.selectNodeContents(node);
    const text = range.getBoundingClientRect();
    if (text.left < -0.5 || text.right > width + 0.5) {
      findings.push(`the text of ${called(element)} reaches from ${text.left} to ${text.right} px of ${width}`);
    }
  }
  const [light, dark] = [getComputedStyle(element).color, ground(element)].map(luminance).sort((a, b) => b - a);
  const contrast = (light + 0.05) / (dark + 0.05);
  if (contrast < 4.5) findings.push(`${called(element)} has a contrast of ${contrast.toFixed(2)}`);
}
if (texts < 5) findings.push(`it shows ${texts} texts`);
return { findings, lang: root.lang, direction: getComputedStyle(document.body).direction };
