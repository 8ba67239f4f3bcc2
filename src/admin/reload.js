"use strict";
// Loads the page again when another version is shown than the one it was made from.
const version = new URL(document.currentScript.src).searchParams.get("version");
new EventSource("/changes").onmessage = (event) => {
  if (event.data !== version) location.reload();
};
