//! Mailboxes that belong to a function and not to a person: the one home of their names.
//!
//! Knows the part before the `@` only; what an address is, [`super::email`] says.

/// Functions whose mailbox several people read, in English, French, German, Italian and Spanish; sorted.
const ROLES: &[&str] = &[
    "abuse",
    "accounting",
    "accounts",
    "accueil",
    "acquisti",
    "admin",
    "administracion",
    "administration",
    "administrator",
    "all",
    "amministrazione",
    "anfrage",
    "bestellung",
    "billing",
    "bonjour",
    "booking",
    "bookings",
    "buchhaltung",
    "buero",
    "bureau",
    "careers",
    "commande",
    "commandes",
    "commercial",
    "compras",
    "compta",
    "comptabilite",
    "contabilidad",
    "contabilita",
    "contact",
    "contacto",
    "contacts",
    "contactus",
    "contatti",
    "customercare",
    "customerservice",
    "direction",
    "einkauf",
    "empfang",
    "enquiries",
    "facturacion",
    "facturation",
    "feedback",
    "finance",
    "hello",
    "help",
    "helpdesk",
    "hostmaster",
    "hr",
    "info",
    "infos",
    "inquiries",
    "invoices",
    "it",
    "jobs",
    "kontakt",
    "kundendienst",
    "kundenservice",
    "legal",
    "mail",
    "mailer-daemon",
    "mailerdaemon",
    "marketing",
    "media",
    "news",
    "newsletter",
    "office",
    "order",
    "orders",
    "personal",
    "post",
    "postmaster",
    "press",
    "presse",
    "privacy",
    "purchasing",
    "reception",
    "rechnung",
    "recrutement",
    "reservation",
    "reservations",
    "reservierung",
    "rh",
    "root",
    "sales",
    "sav",
    "secretariat",
    "security",
    "segreteria",
    "sekretariat",
    "service",
    "serviceclient",
    "shop",
    "staff",
    "studio",
    "support",
    "team",
    "vendite",
    "vente",
    "ventes",
    "verkauf",
    "vertrieb",
    "verwaltung",
    "webmaster",
];

/// Beginnings and ends of addresses that send and are never read.
const UNREAD: [&str; 5] = ["noreply", "no-reply", "no_reply", "donotreply", "do-not-reply"];

/// Whether a mailbox of that name (lower case, a `+tag` does not matter) is read by several people.
pub fn is_shared(local: &str) -> bool {
    let name = local.split('+').next().unwrap_or(local);
    let plain: String = name.chars().filter(|c| !matches!(c, '.' | '-' | '_')).collect();
    [name, plain.as_str()]
        .iter()
        .any(|name| ROLES.binary_search(name).is_ok())
}

/// Whether a part of an address (lower case) says that nobody reads what is sent there.
pub fn is_unread(part: &str) -> bool {
    UNREAD.iter().any(|word| part.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_so_that_it_can_be_searched() {
        assert!(ROLES.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn functions_are_shared_and_names_that_begin_like_them_are_not() {
        for local in ["info", "info+fr", "customer.service", "kontakt", "rh"] {
            assert!(is_shared(local), "{local}");
        }
        for local in ["informatica", "ines.fo", "martin.hr", "anna"] {
            assert!(!is_shared(local), "{local}");
        }
        assert!(is_unread("noreply-shop") && !is_unread("norbert"));
    }
}
