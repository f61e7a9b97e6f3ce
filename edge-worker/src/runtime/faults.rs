//! The faults that tests bring about, in a worker built with the feature `faults`. In the one that is deployed nothing here exists but
//! a constant `false`.

/// A point at which the worker can be made to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(not(feature = "faults"), allow(dead_code, reason = "named where they would strike"))]
pub enum Fault {
    /// A shard refuses a batch before it looks at it, as one that is overloaded or being moved does.
    AppendRefused,
    /// A shard commits a batch, and its answer is lost.
    AppendLost,
    /// A shard has no room left.
    ShardFull,
    /// A shard panics while it works on its log.
    ShardPanics,
    /// A flush fails before it begins.
    FlushFails,
    /// A flush ends between its intent and its segment.
    AfterIntent,
    /// A flush ends between its segment and the end of the batches.
    AfterPut,
    /// The bucket answers with an error.
    PutFails,
    /// The bucket takes a second.
    PutSlow,
    /// The clock is a day ahead.
    Tomorrow,
}

#[cfg(not(feature = "faults"))]
pub use absent::*;
#[cfg(feature = "faults")]
pub use armed::*;

#[cfg(not(feature = "faults"))]
mod absent {
    use super::Fault;

    /// Whether a fault strikes now: never.
    pub const fn strikes(_fault: Fault) -> bool {
        false
    }

    /// Does nothing.
    pub const fn panic_for(_agent: &str) {}
}

#[cfg(feature = "faults")]
mod armed {
    use std::cell::RefCell;
    use std::collections::BTreeMap;

    use worker::{Request, Response, Result};

    use super::Fault;
    use crate::runtime::query_of;

    const FAULTS: [(&str, Fault); 10] = [
        ("append-refused", Fault::AppendRefused),
        ("append-lost", Fault::AppendLost),
        ("shard-full", Fault::ShardFull),
        ("shard-panics", Fault::ShardPanics),
        ("flush-fails", Fault::FlushFails),
        ("after-intent", Fault::AfterIntent),
        ("after-put", Fault::AfterPut),
        ("put-fails", Fault::PutFails),
        ("put-slow", Fault::PutSlow),
        ("tomorrow", Fault::Tomorrow),
    ];

    thread_local! {
        /// How often each fault still strikes. Gone with the process, as with a kill.
        static ARMED: RefCell<BTreeMap<Fault, u32>> = const { RefCell::new(BTreeMap::new()) };
    }

    /// Whether a fault strikes now; if so, it does so once less.
    pub fn strikes(fault: Fault) -> bool {
        ARMED.with_borrow_mut(|armed| match armed.get_mut(&fault) {
            Some(left) if *left > 0 => {
                *left -= 1;
                true
            }
            _ => false,
        })
    }

    /// Panics where an agent names itself so.
    pub fn panic_for(agent: &str) {
        assert!(!agent.starts_with("panic/"), "asked for");
    }

    /// Arms the fault that `/v1/faults?name=times` names; 0 disarms it.
    pub fn answer(request: &Request) -> Option<Result<Response>> {
        let url = request.inner().url();
        (request.path() == "/v1/faults").then(|| {
            let (name, times) = query_of(&url).split_once('=').unwrap_or_default();
            let fault = FAULTS.iter().find(|(known, _)| *known == name);
            let (Some((_, fault)), Ok(times)) = (fault, times.parse()) else {
                return Response::error("no such fault", 400);
            };
            ARMED.with_borrow_mut(|armed| armed.insert(*fault, times));
            Response::empty()
        })
    }
}
