// Reads what a page sends, as `event-schema/src/wire` says: for the tests, and for a developer who wants to see what
// leaves the browser. No page that is not being debugged fetches it.

const CAMPAIGN = "campaign source medium term content gclid gbraid wbraid dclid fbclid msclkid ttclid twclid li_fat_id yclid mc_cid".split(" ");
const [CONSENTED, AUDIENCE, FIRST_MARK, CLICK_IDS] = [0xf2, 0xf3, 0x0e, 5];
const KINDS = ["page", "track", "identify", "alias", "group"];

/** A body of version 2, as the JSON of Segment's `/v1/batch`. Throws where it is none. */
export function read(bytes) {
  let at = 0;
  const texts = [];
  const raw = (length) => {
    if (at + length > bytes.length) throw new Error("the body is cut off");
    return bytes.subarray(at, (at += length));
  };
  const number = () => {
    for (let value = 0, unit = 1; ; unit *= 128) {
      const [next] = raw(1);
      value += (next & 127) * unit;
      if (next < 128) return value;
    }
  };
  const signed = () => {
    const value = number();
    return value % 2 ? -(value + 1) / 2 : value / 2;
  };
  const hexadecimal = (length) => Array.from(raw(length), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const plain = (length) => new TextDecoder().decode(raw(length));
  const text = () => {
    const value = number();
    return value % 2 ? texts[(value - 1) / 2] : texts[texts.push(plain(value / 2)) - 1];
  };

  let visitor;
  const event = () => {
    const whose = number();
    if (whose) visitor = [hexadecimal(16), hexadecimal(4), ...plain(whose - 1).split("\n")];
    const timestamp = time(sentAt - signed());
    const sequence = number();
    const [url, referrer, title, what, ...steps] = Array.from({ length: number() }, text);
    const [anonymousId, random, userId, locale, dropped, receipt, ...answers] = visitor;
    const session = anonymousId.slice(0, 8) + random;
    const kind = Number(what[0]);
    const name = what.slice(1);
    const given = object(steps);
    const { campaign, ...page } = address(url);
    return {
      type: KINDS[kind], ...(name && { [["name", "event", "", "previousId", "groupId"][kind]]: name }),
      messageId: `${session}-${sequence}`, anonymousId, ...(userId && { userId }), timestamp,
      ...(kind < 2 ? { properties: given } : kind !== 3 && { traits: given }),
      context: { page: { ...page, referrer: address(referrer).url, title }, ...campaign, locale,
        session: { id: session, sequence, dropped: Number(dropped) },
        consent: { categoryPreferences: Object.fromEntries(answers.map((line) => [line.slice(1) || "analytics", line[0] === "+"])),
          ...(receipt !== "0" && { receipt: `${anonymousId}.${receipt}` }) } },
    };
  };
  const hit = () => {
    const messageId = hexadecimal(16);
    const timestamp = time(sentAt - signed());
    const [name, place, referrer] = [text(), text(), text()];
    const { campaign } = address(place);
    const page = { path: place.split(/[\0-\x1f]/)[0], referrer: address(referrer).url };
    return { type: name ? "track" : "page", ...(name && { event: name }), messageId, timestamp, context: { page, ...campaign } };
  };

  const [first] = raw(1);
  if (first !== CONSENTED && first !== AUDIENCE) throw new Error("the body is of no known version");
  const writeKey = plain(number());
  const sentAt = number();
  const batch = [];
  while (at < bytes.length) batch.push(first === AUDIENCE ? hit() : event());
  return { writeKey, sentAt: time(sentAt), batch };
}

const time = (ms) => new Date(ms).toISOString();

/** An address in full, its path, and the campaign that it carries. */
function address(written) {
  const [page, ...parameters] = written.split(/(?=[\0-\x1f])/);
  if (!page) return { url: "", path: "/" };
  const url = new URL(/^\w+:\/\//.test(page) ? page : "https://" + page);
  const campaign = {};
  for (const parameter of parameters) {
    const place = parameter.charCodeAt(0) - FIRST_MARK;
    campaign[CAMPAIGN[place]] = parameter.slice(1);
    if (place < CLICK_IDS) url.search += `&utm_${CAMPAIGN[place]}=${parameter.slice(1)}`;
  }
  return { url: url.href.replace("?&", "?"), path: url.pathname, ...(parameters.length && { campaign: { campaign } }) };
}

/** The object that the steps walk through. */
function object(steps) {
  const around = [];
  let inner = {};
  let name;
  const put = (value) => (Array.isArray(inner) ? inner.push(value) : (inner[name] = value));
  const enter = (value) => (put(value), around.push(inner), (inner = value));
  const takes = {
    ":": (held) => (name = held), "'": put, "#": (held) => put(Number(held)), "@": (held) => put(address(held).url),
    "~": () => put(null), "-": () => put(false), "+": () => put(true),
    "[": () => enter([]), "{": () => enter({}), "}": () => (inner = around.pop()),
  };
  for (const step of steps) takes[step[0]](step.slice(1));
  return inner;
}
