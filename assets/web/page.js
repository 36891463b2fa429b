"use strict";
// The page may be seen under another name than the server knows, so it says itself where the websocket is.
const terminal = document.getElementById("terminal");
if (terminal) {
  terminal.dataset.sessionWebsocketUrl = location.origin.replace(/^http/, "ws") + "/ws";
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
