// What the console does better with a script; nothing needs it.
"use strict";

// A page that shows what is new: its main part is fetched again and put in place, unless somebody is at a field of it.
(() => {
  const main = document.querySelector("main[data-refresh]");
  if (!main) return;
  const pause = Number(main.dataset.refresh) * 1000;
  const busy = () => main.contains(document.activeElement) && document.activeElement.matches("input, select, textarea, button, summary")
    || [...main.querySelectorAll("input:not([type=hidden]), textarea")].some((field) => field.value !== field.defaultValue);
  const again = async () => {
    if (!document.hidden && !busy()) {
      try {
        const answer = await fetch(location.href, { headers: { accept: "text/html" }, cache: "no-store" });
        const next = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = next.querySelector("main");
        // Somebody may have begun to write while the answer was on its way.
        if (busy()) return setTimeout(again, pause);
        if (answer.redirected || !answer.ok || !fresh) return location.reload();
        const open = [...main.querySelectorAll("details[open][id]")].map((one) => one.id);
        main.replaceChildren(...fresh.childNodes);
        for (const id of open) document.getElementById(id)?.setAttribute("open", "");
        if (!("refresh" in fresh.dataset)) return;
      } catch { /* Away for the moment: the next try may do. */ }
    }
    setTimeout(again, pause);
  };
  setTimeout(again, pause);
})();

// A slash goes to the search, as in many consoles.
document.addEventListener("keydown", (event) => {
  const typing = event.target.matches("input, select, textarea, [contenteditable]");
  const search = document.querySelector("input[type=search]");
  if (event.key !== "/" || typing || !search || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  search.focus();
});

// An answer for whoever asked, into the clipboard.
for (const button of document.querySelectorAll("button[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const said = button.textContent;
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).innerText.trim());
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = said; }, 2000);
  });
}

// One act, however often the button is pressed.
document.addEventListener("submit", (event) => {
  if (event.target.method !== "post") return;
  if (event.target.dataset.sent) return event.preventDefault();
  event.target.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
