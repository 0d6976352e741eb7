"use strict";
// Asks once a second whether anything changed and swaps the live part. Without this script a reload does the same.
(() => {
  const news = document.getElementById("news");

  async function look() {
    const live = document.getElementById("live");
    const address = new URL(location.href);
    address.hash = "";
    address.searchParams.set("part", live.dataset.version);
    const answer = await fetch(address, { cache: "no-store" });
    if (answer.status === 204) {
      return;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("live");
    if (!fresh) {
      return;
    }
    const open = [...live.querySelectorAll("article[id]:has(details[open])")].map((one) => one.id);
    const known = new Set([...live.querySelectorAll("article[id]")].map((one) => one.id));
    live.replaceWith(fresh);
    open.forEach((id) => document.getElementById(id)?.querySelector("details")?.setAttribute("open", ""));
    let added = 0;
    fresh.querySelectorAll("article[id]").forEach((one) => {
      if (!known.has(one.id)) {
        one.classList.add("fresh");
        added += 1;
      }
    });
    news.textContent = `${added} new, ${new Date().toLocaleTimeString()}`;
  }

  async function again() {
    try {
      if (!document.hidden) {
        await look();
      }
    } catch {
      news.textContent = "The sandbox does not answer; trying again.";
    }
    setTimeout(again, 1000);
  }

  setTimeout(again, 1000);
  document.querySelector("[aria-current=true]")?.scrollIntoView({ block: "center" });
})();
