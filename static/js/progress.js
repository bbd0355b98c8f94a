// Keeps a page about long work fresh; without it there is a link to look again.

const box = document.querySelector("[data-progress]");
const said = document.getElementById("said");
const QUICK = 1000, SLOW = 5000, QUICK_FOR = 20000;
const began = Date.now();
let tenth = Math.floor(Number(box.dataset.share) / 10);

async function look() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const now = answer.ok && !answer.redirected && page.querySelector("[data-progress]");
  // Done, or something else altogether: the page says what can be done now.
  if (!now || page.title !== document.title) return location.reload();
  box.replaceChildren(...now.childNodes);
  const share = Number(now.dataset.share);
  if (Math.floor(share / 10) !== tenth) {
    tenth = Math.floor(share / 10);
    said.textContent = `${share}% done`;
  }
  wait();
}

function wait() {
  setTimeout(() => look().catch(wait), Date.now() - began < QUICK_FOR ? QUICK : SLOW);
}

wait();
