// Keeps the numbers of a mailing fresh while it is sent; without it there is a Refresh link.

const box = document.querySelector("[data-live]");
const said = document.getElementById("said");
const QUICK = 2000, SLOW = 10000, QUICK_FOR = 20000;
const began = Date.now();
let tenth = -1;

async function look() {
  const answer = await fetch(box.dataset.live, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return;
  const part = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-state]");
  // Not yet on its way, or just gone: another page, with other buttons.
  if (box.dataset.state) return part?.dataset.state === box.dataset.state ? wait() : location.reload();
  // Whoever stands on a link inside keeps their place: the numbers wait for the next look.
  if (part && !box.contains(document.activeElement)) box.replaceChildren(part);
  if (!part) return;
  const share = Number(part.dataset.share);
  if (Math.floor(share / 10) !== tenth) {
    tenth = Math.floor(share / 10);
    said.textContent = `${share}% done`;
  }
  if (part.dataset.state === "sending") wait();
  else {
    said.textContent = `${part.querySelector("h2").textContent}. Refresh the page for what you can do now.`;
    said.parentElement.classList.remove("vh");
  }
}

function wait() {
  setTimeout(() => look().catch(wait), Date.now() - began < QUICK_FOR ? QUICK : SLOW);
}

wait();
