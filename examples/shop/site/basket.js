// What the shop itself has to remember to be a shop: the basket, who is signed in, and the answer to the banner. None of it
// is for measuring, so none of it needs consent.

const KEY = "shop.basket";

const read = (key, otherwise) => {
  try {
    return JSON.parse(sessionStorage.getItem(key)) ?? otherwise;
  } catch {
    return otherwise;
  }
};
const write = (key, value) => sessionStorage.setItem(key, JSON.stringify(value));

/** Product numbers and quantities: `{"LIN-01": 2}`. */
export const basket = () => read(KEY, {});
export const count = () => Object.values(basket()).reduce((sum, quantity) => sum + quantity, 0);
export const put = (id, quantity) => {
  const now = basket();
  if (quantity > 0) now[id] = quantity;
  else delete now[id];
  write(KEY, now);
};
export const empty = () => write(KEY, {});

export const customer = () => read("shop.customer", null);
export const signIn = (customer) => write("shop.customer", customer);
export const signOut = () => write("shop.customer", null);

export const order = () => read("shop.order", null);
export const keepOrder = (order) => write("shop.order", order);

/** The visitor's answers, or null while there are none. */
export const answers = () => read("shop.answers", null);
export const keepAnswers = (answers) => write("shop.answers", answers);
