// What is typed into a section of a case is kept as it is typed: by the server, or on this device while that can't be reached.
(() => {
  "use strict";
  const part = document.querySelector("[data-writing]");
  const form = part?.closest("form");
  if (!form) return;
  const says = form.querySelector("[data-writing-says]");
  const { writing: address, keptAs: name, keptAt, savedAt } = part.dataset;
  const PAUSE = 3000;
  const tell = (text) => (says.textContent = text);
  const clock = () => new Date().toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "Europe/London" });
  const local = {
    read: () => {
      try {
        return JSON.parse(localStorage.getItem(name));
      } catch {
        return null;
      }
    },
    keep: (pairs) => {
      try {
        localStorage.setItem(name, JSON.stringify({ at: new Date().toISOString(), pairs }));
        return true;
      } catch {
        return false; // private browsing, or the device is full
      }
    },
    drop: () => {
      try {
        localStorage.removeItem(name);
      } catch {
        /* there is nothing to drop */
      }
    },
  };
  const pairs = () => [...new FormData(form)].filter(([field, value]) => field !== "csrfmiddlewaretoken" && typeof value === "string");
  let last = JSON.stringify(pairs());
  let timer;
  let leaving = false;

  const send = async () => {
    clearTimeout(timer);
    const now = JSON.stringify(pairs());
    if (now === last || leaving) return;
    const body = new FormData(form);
    let answer = null;
    try {
      answer = await fetch(address, { method: "POST", body, headers: { Accept: "application/json" }, redirect: "manual" });
    } catch {
      /* no connection */
    }
    if (answer?.ok) {
      const { saved } = await answer.json();
      last = now;
      local.drop();
      tell(`Kept ${saved}. It counts once you save it.`);
      if (JSON.stringify(pairs()) !== now) soon();
      return;
    }
    if (answer && answer.status === 422) {
      tell((await answer.json()).refused);
      return;
    }
    const why = !answer ? "no connection" : answer.status === 403 || answer.type === "opaqueredirect" ? "you are signed out" : "the portal does not answer";
    tell(local.keep(JSON.parse(now)) ? `Not saved: ${why}. It is kept on this device.` : `Not saved: ${why}. Keep this page open.`);
    timer = setTimeout(send, PAUSE * 4);
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(send, PAUSE);
  };

  // What this device kept while there was no connection comes back, where the server has nothing later.
  const kept = local.read();
  const said = (all) => JSON.stringify(all.filter(([field]) => field !== "seen"));
  if (kept?.pairs && said(kept.pairs) === said(pairs())) local.drop();
  else if (kept?.pairs && kept.at > keptAt && kept.at > savedAt && !document.querySelector(".nhsuk-error-summary")) {
    const missing = new Set();
    for (const [field, value] of kept.pairs) {
      const found = form.elements[field];
      if (!found) missing.add(field);
      else if (field !== "seen" && found.value !== undefined) found.type === "checkbox" ? (found.checked = true) : (found.value = value);
    }
    tell(missing.size ? "What this device had kept is back, apart from rows that are not shown: add rows and load the page again." : "What this device had kept is back. It counts once you save it.");
    soon();
  } else if (kept) local.drop();

  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  addEventListener("online", send);
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && send());
  form.addEventListener("submit", () => {
    local.keep(pairs()); // until the server has it: the connection may be gone by now
    leaving = true;
    clearTimeout(timer);
  });
})();
