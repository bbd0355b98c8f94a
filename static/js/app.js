// Small kindnesses on pages that work without them; each is found by its data- attribute.

for (const summary of document.querySelectorAll("[data-focus]")) summary.focus();

for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.parentElement.querySelector("[data-copied]").textContent = button.dataset.said || "Link copied";
  });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// The device's own way of sharing, where there is one.
for (const button of document.querySelectorAll("[data-share]")) {
  if (!navigator.share) continue;
  button.hidden = false;
  button.addEventListener("click", () => {
    // Somebody who closes it again has done nothing wrong.
    navigator.share({ url: button.dataset.share, text: button.dataset.shareText }).catch(() => {});
  });
}

for (const box of document.querySelectorAll("[data-tick-all]")) box.closest("[hidden]")?.removeAttribute("hidden");
// Asked of the page, because its lists may be shown anew.
document.addEventListener("change", ({ target: box }) => {
  if (!box.dataset.tickAll) return;
  for (const one of box.form.elements) if (one.name === box.dataset.tickAll) one.checked = box.checked;
});

// A button that says to how many people it sends. After the box that ticks them all has done so.
for (const button of document.querySelectorAll("[data-how-many]")) {
  const words = button.textContent;
  const say = () => {
    const many = [...button.form.elements].filter((one) => one.name === button.dataset.howMany && one.checked).length;
    button.textContent = many ? `${words} to ${many} ${many === 1 ? "person" : "people"}` : words;
  };
  document.addEventListener("change", say);
  say();
}

for (const text of document.querySelectorAll("textarea[maxlength]")) {
  const count = document.createElement("p");
  count.className = "field__hint";
  count.setAttribute("role", "status");
  text.after(count);
  let timer;
  const say = () => {
    const rest = text.maxLength - text.value.length;
    count.textContent = `You have ${rest.toLocaleString("en-GB")} characters left`;
  };
  // A screen reader hears the count only after a pause in typing.
  text.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(say, 1000); });
  say();
}
