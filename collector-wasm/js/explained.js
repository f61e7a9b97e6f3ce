// An entry of the debug mode in a sentence, in English or French.

const WORDS = {
  en: {
    call: { visit: "the page is seen", return: "the page is back from the browser's cache", elsewhere: "another tab changed what is kept" },
    became: {
      asking: "kept in memory, because the visitor has not answered", waiting: "waits for the edge", delivered: "the edge has it",
      measured: "counted without an id", refused: "dropped, because the visitor refused or the browser objects",
      junkIds: "dropped, because the id is a placeholder", malformed: "dropped, because it has no name or is over a limit",
      repeated: "not counted again, because the page is the same", overflowed: "lost, because more wait than are kept",
      rejected: "dropped, because the edge refuses it for good", unsendable: "lost, because the browser gives no random bytes or takes no request",
    },
    colon: ": ", and: "; ",
    nothing: "sends nothing",
    left: { asking: "leaves memory", waiting: "leaves the queue" },
    sent: (events, bytes, how) => `${events} ${events === 1 ? "event leaves" : "events leave"} the browser in ${bytes} bytes, by ${how}`,
    redacted: (paths) => `taken out: ${paths}`,
    cut: (names) => `cut off the address: ${names}`,
    answer: (status, refused) => (status ? `the edge answers ${status}${refused ? ` and refuses ${refused}` : ""}` : "the request failed; it will be repeated"),
    kept: (key, bytes) => `kept on the device: ${key}, ${bytes} bytes`,
    deleted: (key) => `deleted from the device: ${key}`,
    turn: "the page is left, or a pause is over",
  },
  fr: {
    call: { visit: "la page est vue", return: "la page revient du cache du navigateur", elsewhere: "un autre onglet a changé ce qui est gardé" },
    became: {
      asking: "gardé en mémoire, car le visiteur n'a pas répondu", waiting: "attend le serveur", delivered: "le serveur l'a reçu",
      measured: "compté sans identifiant", refused: "écarté, car le visiteur refuse ou le navigateur s'y oppose",
      junkIds: "écarté, car l'identifiant n'en est pas un", malformed: "écarté, car sans nom ou trop grand",
      repeated: "pas compté deux fois, car la page est la même", overflowed: "perdu, car trop d'événements attendent",
      rejected: "écarté, car le serveur le refuse définitivement", unsendable: "perdu, car le navigateur ne donne pas de hasard ou ne prend pas la requête",
    },
    colon: " : ", and: " ; ",
    nothing: "n'envoie rien",
    left: { asking: "quitte la mémoire", waiting: "quitte la file" },
    sent: (events, bytes, how) => `${events} ${events === 1 ? "événement quitte" : "événements quittent"} le navigateur en ${bytes} octets, par ${how}`,
    redacted: (paths) => `retiré : ${paths}`,
    cut: (names) => `coupé de l'adresse : ${names}`,
    answer: (status, refused) => (status ? `le serveur répond ${status}${refused ? ` et en refuse ${refused}` : ""}` : "la requête a échoué ; elle sera répétée"),
    kept: (key, bytes) => `gardé sur l'appareil : ${key}, ${bytes} octets`,
    deleted: (key) => `effacé de l'appareil : ${key}`,
    turn: "la page est quittée, ou une pause est finie",
  },
};

/** What became of how many events. */
function decisions(became, words) {
  const said = Object.entries(became).map(([name, change]) => {
    const what = change > 0 ? words.became[name] : words.left[name];
    return Math.abs(change) > 1 ? `${what} (${Math.abs(change)})` : what;
  });
  return said.join(words.and) || words.nothing;
}

/** The entry in a sentence, in the page's language. */
export function explained(entry, language) {
  const words = WORDS[language?.slice(0, 2)] ?? WORDS.en;
  switch (entry.kind) {
    case "call":
      return `${words.call[entry.verb] ?? [entry.verb, entry.name].filter(Boolean).join(" ")}${words.colon}${decisions(entry.became, words)}`;
    case "answer":
      return `${words.answer(entry.status, entry.refused)}${words.colon}${decisions(entry.became, words)}`;
    case "turn":
      return `${words.turn}${words.colon}${decisions(entry.became, words)}`;
    case "sent":
      return [
        words.sent(entry.events.length, entry.bytes, entry.how),
        entry.redacted.length && words.redacted(entry.redacted.join(", ")),
        entry.cut.length && words.cut(entry.cut.join(", ")),
      ].filter(Boolean).join(words.and);
    case "kept":
      return words.kept(entry.key, entry.bytes);
    default:
      return words.deleted(entry.key);
  }
}
