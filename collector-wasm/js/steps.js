// Lays an object out for the wasm: one field of text for each step through it, whose first character says what it is.
// `collector-wasm/src/fields.rs` reads it.

/** Stands between fields. */
export const FIELD = "\x1f";

/** A text of one field and one line, whatever it is. */
export const line = (text) => String(text ?? "").replace(/[\0-\x1f]/g, " ").trim();

const step = (value) => {
  if (typeof value === "string") return ["'" + value.replace(/[\x1e\x1f]/g, " ")];
  if (typeof value === "number") return ["#" + value];
  if (!value) return [value === false ? "-" : "~"];
  if (value === true) return ["+"];
  return Array.isArray(value) ? ["[", ...value.flatMap(step), "}"] : ["{", ...fields(value), "}"];
};

const fields = (object) => Object.entries(object).flatMap(([name, value]) => [":" + line(name), ...step(value)]);

/** The steps through an object, as JSON would hold it. */
export const steps = (object) => fields(JSON.parse(JSON.stringify(object)));
