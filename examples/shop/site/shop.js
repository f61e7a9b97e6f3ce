// Draws the page that is asked for, and names what the visitor does there. No framework, no outside request.

import { basket, count, customer, empty, keepOrder, order, put, signIn, signOut } from "./basket.js";
import { ask, greet } from "./banner.js";
import { currency, described, find, money, products } from "./products.js";

const main = document.querySelector("main");
const track = (event, properties) => firsthand.push(["track", event, properties]);

const escape = (text) => String(text).replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);
const picture = (product) =>
  `<svg class="picture ${product.category}" viewBox="0 0 200 200" aria-hidden="true"><use href="pictures.svg#${product.id}"/></svg>`;

const lines = () =>
  Object.entries(basket())
    .map(([id, quantity]) => ({ product: find(id), quantity }))
    .filter(({ product }) => product);
const total = () => Math.round(lines().reduce((sum, { product, quantity }) => sum + product.price * quantity, 0) * 100) / 100;
const contents = () => lines().map(({ product, quantity }) => ({ ...described(product), quantity }));

function card(product) {
  return `<li><a class="card" href="product.html?product=${product.id.toLowerCase()}">${picture(product)}
    <span class="name">${product.name}</span><span class="price">${money(product.price)}</span></a></li>`;
}

const pages = {
  home() {
    const shelf = (category, title) =>
      `<h2>${title}</h2><ul class="shelf">${products.filter((product) => product.category === category).map(card).join("")}</ul>`;
    main.innerHTML = `<div class="hero"><h1>Things that stay</h1>
      <p>Linen, stoneware and candles from people we know by name.</p></div>
      ${shelf("kitchen", "For the kitchen")}${shelf("living", "For the living room")}`;
  },

  product() {
    const product = find(new URLSearchParams(location.search).get("product"));
    if (!product) {
      main.innerHTML = `<h1>We do not have that</h1><p><a href="./">Back to the shop</a></p>`;
      return;
    }
    document.title = `${product.name} · Maison Tilleul`;
    main.innerHTML = `<article class="product">${picture(product)}<div>
      <h1>${product.name}</h1><p class="price">${money(product.price)}</p><p>${product.text}</p>
      <button type="button" id="add">Put into the basket</button><p role="status" id="added"></p></div></article>`;
    track("Product Viewed", described(product));
    main.querySelector("#add").onclick = () => {
      put(product.id, (basket()[product.id] ?? 0) + 1);
      track("Product Added", { ...described(product), quantity: 1 });
      main.querySelector("#added").innerHTML = `It is in your <a href="basket.html">basket</a>.`;
      header();
    };
  },

  basket() {
    const row = ({ product, quantity }) => `<tr><th scope="row">${product.name}</th>
      <td><label><span class="hidden">Quantity of ${product.name}</span>
        <input type="number" min="0" max="99" value="${quantity}" data-id="${product.id}"></label></td>
      <td>${money(product.price * quantity)}</td></tr>`;
    main.innerHTML = count()
      ? `<h1>Your basket</h1><table><thead><tr><th>Product</th><th>Quantity</th><th>Price</th></tr></thead>
        <tbody>${lines().map(row).join("")}</tbody>
        <tfoot><tr><th scope="row" colspan="2">Total, with taxes and postage</th><td>${money(total())}</td></tr></tfoot></table>
        <p><a class="button" href="checkout.html" id="checkout">To the checkout</a></p>`
      : `<h1>Your basket is empty</h1><p><a href="./">Have a look around</a></p>`;
    for (const input of main.querySelectorAll("input"))
      input.onchange = () => {
        const before = basket()[input.dataset.id] ?? 0;
        put(input.dataset.id, Number(input.value));
        if (Number(input.value) < before) track("Product Removed", described(find(input.dataset.id)));
        header();
        pages.basket();
        main.querySelector(`[data-id="${input.dataset.id}"]`)?.focus();
      };
  },

  account() {
    const known = customer();
    if (known) {
      main.innerHTML = `<h1>Hello ${escape(known.email)}</h1><p>You are signed in.</p>
        <p><button type="button" id="out">Sign out</button></p>`;
      main.querySelector("#out").onclick = () => {
        signOut();
        firsthand.push(["reset"]);
        header();
        pages.account();
      };
      return;
    }
    main.innerHTML = `<h1>Sign in</h1><form class="card-form"><label>E-mail<input name="email" type="email" autocomplete="email" required></label>
      <label>Customer number<input name="number" inputmode="numeric" pattern="[0-9]{3,20}" required></label>
      <p class="note">A demonstration asks for no password.</p><button>Sign in</button></form>`;
    main.querySelector("form").onsubmit = (event) => {
      event.preventDefault();
      const given = new FormData(event.target);
      signIn({ id: given.get("number"), email: given.get("email") });
      firsthand.push(["identify", given.get("number"), { email: given.get("email") }]);
      header();
      pages.account();
    };
  },

  checkout() {
    if (!count()) return pages.basket();
    track("Checkout Started", { value: total(), currency, products: contents() });
    const known = customer();
    main.innerHTML = `<h1>Checkout</h1><p>${count()} piece${count() > 1 ? "s" : ""}, ${money(total())}, paid on delivery.</p>
      <form class="card-form"><label>E-mail for the confirmation<input name="email" type="email" autocomplete="email" required
        value="${escape(known?.email ?? "")}"></label><button>Order and pay on delivery</button></form>`;
    main.querySelector("form").onsubmit = (event) => {
      event.preventDefault();
      const placed = { order_id: `#${Math.floor(Date.now() / 1000)}`, total: total(), currency, products: contents() };
      const email = new FormData(event.target).get("email");
      if (!customer()) firsthand.push(["identify", null, { email }]);
      track("Order Completed", placed);
      keepOrder(placed);
      empty();
      location.assign("thanks.html");
    };
  },

  thanks() {
    const placed = order();
    main.innerHTML = placed
      ? `<h1>Thank you</h1><p>Order <strong id="order">${escape(placed.order_id)}</strong> over ${money(placed.total)} is on our bench.</p>
        <p><a href="./">Back to the shop</a></p>`
      : `<h1>No order yet</h1><p><a href="./">To the shop</a></p>`;
  },
};

function header() {
  const known = customer();
  document.querySelector("#to-basket").textContent = `Basket (${count()})`;
  document.querySelector("#to-account").textContent = known ? "Your account" : "Sign in";
  for (const link of document.querySelectorAll("nav a"))
    if (link.href === location.origin + location.pathname) link.setAttribute("aria-current", "page");
}

header();
pages[document.body.dataset.page]();
document.querySelector("#choices").onclick = ask;
greet();
