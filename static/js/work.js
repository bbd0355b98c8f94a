// One more step: find the number whose SHA-256, with the salt before it, begins as told.

const search = (salt, target, most) => {
  // SHA-256 takes its constants from the roots of the first primes.
  const roots = [], start = [], words = new Int32Array(64);
  for (let n = 2, d; roots.length < 64; n++) {
    for (d = 2; n % d; d++);
    if (d < n) continue;
    if (start.length < 8) start.push(n ** .5 * 2 ** 32 | 0);
    roots.push(Math.cbrt(n) * 2 ** 32 | 0);
  }
  const turn = (x, by) => x >>> by | x << 32 - by;
  const aim = parseInt(target.slice(0, 8), 16) | 0, next = parseInt(target.slice(8), 16) | 0;
  for (let n = 0; n < most; n++) {
    const text = `${salt}.${n}`;
    words.fill(0, 0, 16);
    for (let i = 0; i < text.length; i++) words[i >> 2] |= text.charCodeAt(i) << 24 - i % 4 * 8;
    words[text.length >> 2] |= 128 << 24 - text.length % 4 * 8;
    words[15] = text.length * 8;
    let [a, b, c, d, e, f, g, h] = start;
    for (let i = 0; i < 64; i++) {
      if (i > 15) {
        const x = words[i - 15], y = words[i - 2];
        words[i] = words[i - 16] + words[i - 7] + (turn(x, 7) ^ turn(x, 18) ^ x >>> 3) + (turn(y, 17) ^ turn(y, 19) ^ y >>> 10);
      }
      const one = h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + (e & f ^ ~e & g) + roots[i] + words[i] | 0;
      const two = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + (a & b ^ a & c ^ b & c) | 0;
      h = g; g = f; f = e; e = d + one | 0; d = c; c = b; b = a; a = one + two | 0;
    }
    if ((a + start[0] | 0) === aim && (b + start[1] | 0) === next) return n;
  }
};

// The same file again, beside the page.
if (typeof document === "undefined") onmessage = ({ data }) => postMessage(search(...data));
else for (const box of document.querySelectorAll("[data-work]")) {
  const said = box.querySelector("[role=status]"), answer = box.querySelector("[name=guard_answer]");
  const buttons = [...answer.form.elements].filter((one) => one.type === "submit");
  const wait = (is) => { for (const button of buttons) button.disabled = is; };
  try {
    const helper = new Worker(document.currentScript.src);
    helper.onmessage = ({ data }) => { answer.value = data; said.textContent = said.dataset.done; wait(false); };
    helper.onerror = () => wait(false);
    helper.postMessage([box.dataset.work, box.dataset.target, +box.dataset.most]);
    said.textContent = said.dataset.busy;
    wait(true);
  } catch {}
}
