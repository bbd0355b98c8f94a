// A list that htmx shows anew while somebody types: what the page around it must know.

const show = () => document.querySelectorAll("[data-tick-all]").forEach((box) => box.closest("[hidden]")?.removeAttribute("hidden"));
const on = (name, act) => document.addEventListener(`htmx:${name}`, ({ detail }) => act(detail));
const busy = (is) => ({ target }) => target.setAttribute("aria-busy", is);

on("afterSwap", show);
on("beforeRequest", busy(true));
on("afterRequest", busy(false));
// Signed out, or no longer of the group: the whole page says so.
on("responseError", ({ pathInfo }) => location.assign(pathInfo.requestPath));
on("beforeSwap", (detail) => {
  const { requestPath, responsePath } = detail.pathInfo;
  if (responsePath.split("?")[0] === requestPath) return;
  detail.shouldSwap = false;
  location.assign(requestPath);
});
