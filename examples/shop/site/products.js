// What Maison Tilleul sells: the products of the recorded day in ../web, under the same numbers.

export const currency = "EUR";

export const products = [
  ["LIN-01", "Linen tea towel", "kitchen", 14.5, "Heavy half-linen that dries a glass in one go and gets softer every year."],
  ["LIN-02", "Linen napkins, set of 4", "kitchen", 32, "Mitred corners, washed linen, in the grey of a November morning."],
  ["LIN-03", "Linen tablecloth", "kitchen", 79, "Falls to the knee on a table for six. No ironing; it is meant to crease."],
  ["CER-01", "Stoneware mug", "kitchen", 18.9, "Thrown in Soufflenheim, glazed in lime-ash. Holds a generous quarter litre."],
  ["CER-02", "Stoneware bowl", "kitchen", 24, "For soup, for salad, for the keys by the door."],
  ["CER-03", "Serving platter", "kitchen", 49, "Wide enough for a tart, calm enough for every day."],
  ["WOD-01", "Beech chopping board", "kitchen", 39.5, "One piece of beech from the Jura, oiled, with a groove for the juice."],
  ["WOD-02", "Limewood spoon", "kitchen", 9.9, "Carved from the tree that we are named after."],
  ["CAN-01", "Lime blossom candle", "living", 22.9, "Smells of an avenue in June. Burns for forty hours."],
  ["CAN-02", "Beeswax candles, pair", "living", 16.4, "Dipped by hand, honey-coloured, without a drip."],
  ["VAS-01", "Glass vase", "living", 34.9, "Mouth-blown and a little green, for three stems or thirty."],
  ["THR-01", "Merino throw", "living", 129, "Woven in Scotland from undyed wool. For the sofa, and for the train."],
].map(([id, name, category, price, text]) => ({ id, name, category, price, text }));

export const find = (id) => products.find((product) => product.id.toLowerCase() === String(id).toLowerCase());

/** A product as events name it (Segment's e-commerce spec). */
export const described = ({ id, name, category, price }) => ({ product_id: id, name, category, price, currency });

export const money = (amount) => new Intl.NumberFormat("en-GB", { style: "currency", currency }).format(amount);
