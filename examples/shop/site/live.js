// Shows live what the collector decides, keeps and sends: the debug mode tells this page as it tells the console.

import { answers, keepAnswers } from "./basket.js";

const french = document.documentElement.lang === "fr";
const say = (english, inFrench) => (french ? inFrench : english);
const main = document.querySelector("main");
const escape = (text) => String(text).replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);
const push = (...call) => firsthand.push(call);

function consent(granted) {
  const given = { analytics: granted, email_marketing: granted };
  keepAnswers(given);
  push("consent", given);
}

/** What the visitor of this page can do: its name, and what the page then tells the collector. */
const acts = [
  [say("Agree to statistics", "Accepter les statistiques"), () => consent(true)],
  [say("Refuse, or take it back", "Refuser, ou retirer son accord"), () => consent(false)],
  [say("Look at a product", "Regarder un produit"), () => push("track", "Product Viewed", { product_id: "LIN-01", price: 49, currency: "CHF" })],
  [say("Look at one, in GA4's words", "En regarder un, dans les mots de GA4"), () => push("track", "view_item", { items: [{ item_id: "LIN-01", price: 49 }], currency: "CHF" })],
  [say("Write an e-mail address where none belongs", "Écrire une adresse e-mail là où il n'en faut pas"),
    () => push("track", "Gift Card Written", { note: "for jo@example.com, call 079 111 22 33" })],
  [say("Change the route, with a secret in its address", "Changer de route, avec un secret dans l'adresse"),
    () => history.pushState({}, "", `?lang=${french ? "fr" : "en"}&product=lin-0${Date.now() % 9}&token=secret`)],
  [say("Sign in with a junk id", "Se connecter avec un identifiant vide de sens"), () => push("identify", "undefined")],
  [say("Sign in", "Se connecter"), () => push("identify", "7104227590656", { email: "jo@example.com" })],
  [say("Sign out", "Se déconnecter"), () => push("reset")],
];

const kinds = {
  call: say("asked for", "demandé"),
  sent: say("left the browser", "a quitté le navigateur"),
  answer: say("answer", "réponse"),
  kept: say("kept on the device", "gardé sur l'appareil"),
  deleted: say("deleted from the device", "effacé de l'appareil"),
  turn: say("a while later", "un peu plus tard"),
};

const COUNTERS = {
  delivered: say("arrived", "arrivés"),
  refused: say("dropped, because refused", "écartés, car refusés"),
  repeated: say("pages not counted twice", "pages non recomptées"),
  junkIds: say("dropped, because of a junk id", "écartés, car identifiant vide de sens"),
  malformed: say("dropped, because malformed", "écartés, car mal formés"),
};

const shown = ({ kind, events, fields, value }) =>
  kind === "sent" ? events : kind === "call" && Object.keys(fields).length ? fields : kind === "kept" ? value : null;

let [bytes, requests] = [0, 0];

function show(entry) {
  const item = document.createElement("li");
  item.className = entry.kind;
  const detail = shown(entry);
  const time = new Date(entry.at).toLocaleTimeString(document.documentElement.lang);
  const text = typeof detail === "string" ? detail : JSON.stringify(detail, null, 1);
  const more = detail ? `<details><summary>${say("Exactly", "Exactement")}</summary><pre tabindex="0">${escape(text)}</pre></details>` : "";
  item.innerHTML = `<span class="kind"><span>${kinds[entry.kind]}</span><time>${time}</time></span>${escape(entry.text)}${more}`;
  main.querySelector(".entries").prepend(item);
  if (entry.kind === "sent") [bytes, requests] = [bytes + entry.bytes, requests + 1];
  figures();
}

function figures() {
  const counters = firsthand.counters?.() ?? {};
  const rows = [
    [say("requests", "requêtes"), requests],
    [say("bytes sent", "octets envoyés"), bytes],
    [say("things kept on the device", "choses gardées sur l'appareil"), Object.keys(localStorage).filter((key) => key.startsWith("firsthand.")).length],
    ...Object.entries(COUNTERS).map(([name, label]) => [label, counters[name] ?? 0]),
  ];
  main.querySelector(".figures").innerHTML = rows.map(([label, value]) => `<dt>${label}</dt><dd>${value}</dd>`).join("");
}

function translate() {
  const words = { skip: "Aller au contenu", shop: "Boutique", foot: "Maison Tilleul n'existe pas ; c'est l'exemple de Firsthand." };
  if (!french) return;
  document.title = "Ce qui quitte votre navigateur · Maison Tilleul";
  for (const element of document.querySelectorAll("[data-say]")) element.textContent = words[element.dataset.say];
  for (const element of document.querySelectorAll("[data-label]")) element.setAttribute("aria-label", words[element.dataset.label]);
}

translate();
main.innerHTML = `<h1>${say("What leaves your browser", "Ce qui quitte votre navigateur")}</h1>
  <p>${say(
    "Do something on the left, and read on the right what becomes of it. Nothing is kept or sent before you agree.",
    "Faites quelque chose à gauche, et lisez à droite ce qu'il en advient. Rien n'est gardé ni envoyé avant votre accord.",
  )}</p>
  <div class="live"><section aria-labelledby="do"><h2 id="do">${say("Do something", "Faire quelque chose")}</h2><div class="acts"></div>
  <h2 id="sums">${say("So far on this page", "Jusqu'ici sur cette page")}</h2><dl class="figures" aria-labelledby="sums"></dl></section>
  <section aria-labelledby="live"><h2 id="live">${say("What becomes of it, the newest first", "Ce qu'il en advient, le plus récent d'abord")}</h2>
  <div role="log" aria-labelledby="live"><ol class="entries"></ol></div></section></div>`;
for (const [name, act] of acts) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet";
  button.textContent = name;
  button.onclick = act;
  main.querySelector(".acts").append(button);
}
const here = main.ownerDocument.querySelector(`nav a[hreflang="${document.documentElement.lang}"]`);
here.setAttribute("aria-current", "true");
figures();
firsthandDebug.log.forEach(show);
addEventListener("firsthand:debug", ({ detail }) => show(detail));
const given = answers();
if (given) push("consent", given);
