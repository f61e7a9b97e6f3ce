// Asks what the visitor agrees to, and tells the collector. Refusing takes one click, as accepting does; the answer can be
// changed at the foot of every page.

import { answers, keepAnswers } from "./basket.js";

const purposes = [
  ["analytics", "Statistics", "We recognise your browser on your next visit, to learn what we should show and stock."],
  ["personalisation", "Your own shop window", "We choose what you see first by what you looked at before."],
  ["profiling", "Predictions", "We estimate what you might like next, from your visits and your orders."],
  ["email_marketing", "Letters", "We may write to the e-mail address of your account, about twice a month."],
];

function decide(given) {
  keepAnswers(given);
  firsthand.push(["consent", given]);
  const banner = document.querySelector("#banner");
  const wasIn = banner.contains(document.activeElement);
  banner.remove();
  if (wasIn) document.querySelector("#choices").focus({ preventScroll: true });
}

const all = (granted) => Object.fromEntries(purposes.map(([name]) => [name, granted]));

/** Shows the banner, with the answers given so far. */
export function ask() {
  document.querySelector("#banner")?.remove();
  const banner = document.createElement("section");
  banner.id = "banner";
  banner.setAttribute("aria-labelledby", "banner-title");
  const answered = answers();
  const given = answered ?? {};
  const choice = ([name, title, text]) => `
    <label><input type="checkbox" name="${name}" ${given[name] ? "checked" : ""}>
      <span><strong>${title}</strong><br>${text}</span></label>`;
  banner.innerHTML = `
    <form>
      <h2 id="banner-title">May we remember you?</h2>
      <p>The shop works either way. Nothing is kept or sent before you answer.</p>
      <details ${answered ? "open" : ""}><summary>Choose one by one</summary><div class="choices">${purposes.map(choice).join("")}
        <button type="submit" class="quiet">Save my choice</button></div></details>
      <div class="answers"><button type="button" id="refuse">Refuse all</button><button type="button" id="accept">Accept all</button></div>
    </form>`;
  banner.querySelector("#accept").onclick = () => decide(all(true));
  banner.querySelector("#refuse").onclick = () => decide(all(false));
  banner.querySelector("form").onsubmit = (event) => {
    event.preventDefault();
    const chosen = new FormData(event.target);
    decide(Object.fromEntries(purposes.map(([name]) => [name, chosen.has(name)])));
  };
  document.body.append(banner);
  if (answered) banner.querySelector("summary").focus();
}

/** Shows the banner to a visitor who has not answered, and repeats the answer of one who has. */
export function greet() {
  const given = answers();
  if (given) firsthand.push(["consent", given]);
  else ask();
}
