"use strict";
// The page may be seen under another name than the server knows, so it says itself where the websocket is.
const terminal = document.getElementById("terminal");
if (terminal) {
  terminal.dataset.sessionWebsocketUrl = location.origin.replace(/^http/, "ws") + "/ws";
  // Typing works at once, without a click; before it is connected, the focus cannot be told to the wizard.
  new MutationObserver((_, observer) => {
    if (terminal.classList.contains("-connected")) {
      observer.disconnect();
      terminal.querySelector(".xterm-helper-textarea").focus();
    }
  }).observe(terminal, { attributeFilter: ["class"] });
}

const takeOver = document.getElementById("take-over");
if (takeOver) {
  takeOver.addEventListener("click", async () => {
    // A plain form would send no Origin under Referrer-Policy: no-referrer.
    await fetch("/take-over", { method: "POST" });
    location.replace("/");
  });
  // After a reload the "other" page was this one, and it is gone by now: look once more.
  if (!location.search) {
    setTimeout(() => location.replace("/?again"), 1000);
  }
}
