// Reads what a page sends, as `event-schema/src/wire` writes it: for the tests, and for a developer who wants to see what
// leaves the browser. No page that is not being debugged fetches it.

const CAMPAIGN = "campaign source medium term content gclid gbraid wbraid dclid fbclid msclkid ttclid twclid li_fat_id yclid mc_cid".split(" ");
const PURPOSES = "analytics personalisation profiling email_marketing sms_marketing".split(" ");

/** A body, as the JSON of Segment's `/v1/batch`. Throws where it is none. */
export function read(bytes) {
  let at = 0;
  const texts = [];
  const byte = () => {
    if (at >= bytes.length) throw new Error("the body is cut off");
    return bytes[at++];
  };
  const number = () => {
    for (let value = 0, unit = 1; ; unit *= 128) {
      const next = byte();
      value += (next & 127) * unit;
      if (next < 128) return value;
    }
  };
  const signed = () => {
    const value = number();
    return value % 2 ? -(value + 1) / 2 : value / 2;
  };
  const raw = (length) => bytes.subarray(at, (at += length));
  const hexadecimal = (length) => Array.from(raw(length), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const plain = () => new TextDecoder().decode(raw(number()));
  const text = () => (byte() ? texts[number()] : texts[texts.push(plain()) - 1]);
  const list = (item) => Array.from({ length: number() }, item);
  const time = (ms) => new Date(ms).toISOString();

  const campaign = () => {
    const read = list(() => [CAMPAIGN[byte()], text()]);
    return read.length ? { campaign: Object.fromEntries(read) } : {};
  };
  const visitor = () => ({
    anonymousId: hexadecimal(16), userId: plain(), locale: plain(), session: hexadecimal(8), began: signed(), dropped: number(), receipt: number(),
    answers: Object.fromEntries(list(() => [byte() ? plain() : PURPOSES[byte()], byte() === 1])),
  });
  const scene = () => {
    const [url, referrer, title] = [text(), text(), text()];
    const path = new URL(url || "about:blank").pathname;
    return { page: { url, path, referrer, title }, ...campaign() };
  };
  const fields = () => {
    const around = [];
    let inner = {};
    let name;
    const put = (value) => (Array.isArray(inner) ? inner.push(value) : (inner[name] = value));
    const enter = (value) => (put(value), around.push(inner), (inner = value));
    const steps = [
      () => (inner = around.pop()), () => (name = text()), () => put(text()), () => put(signed()),
      () => put(Number(`${signed()}e-${byte()}`)), () => put(Number(plain())), () => put(null), () => put(false), () => put(true),
      () => enter([]), () => enter({}),
    ];
    for (let left = number(); left; left--) steps[byte()]();
    return inner;
  };

  let who, where;
  const event = () => {
    if (byte()) who = visitor();
    if (byte()) where = scene();
    const sequence = number();
    const timestamp = time(who.began + signed());
    const kind = byte();
    const type = ["page", "track", "identify", "alias", "group"][kind];
    const named = kind === 2 ? "" : text();
    const given = fields();
    const { anonymousId, userId, locale, session, dropped, receipt, answers } = who;
    return {
      type, ...(named && { [["name", "event", "", "previousId", "groupId"][kind]]: named }),
      messageId: `${session}-${sequence}`, anonymousId, ...(userId && { userId }), timestamp,
      ...(kind < 2 ? { properties: given } : kind !== 3 && { traits: given }),
      context: { ...where, locale, session: { id: session, sequence, dropped },
        consent: { categoryPreferences: answers, ...(receipt && { receipt: `${anonymousId}.${receipt}` }) } },
    };
  };
  const hit = (sentAt) => () => {
    const messageId = hexadecimal(16);
    const timestamp = time(sentAt - signed());
    const [name, path, referrer] = [text(), text(), text()];
    return { type: name ? "track" : "page", ...(name && { event: name }), messageId, timestamp, context: { page: { path, referrer }, ...campaign() } };
  };

  if (byte() !== 0xf1) throw new Error("the body is of no known version");
  const writeKey = plain();
  const sentAt = signed();
  const batch = byte() ? list(hit(sentAt)) : list(event);
  return { writeKey, sentAt: time(sentAt), batch };
}
