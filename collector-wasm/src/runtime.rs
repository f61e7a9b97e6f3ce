//! What stands in for the standard library in the page's build: an allocator and the end of a panic.

use lol_alloc::{FreeListAllocator, LockedAllocator};

/// A page has one thread, so the lock is never contended; it is what makes the allocator safe to share.
#[global_allocator]
static ALLOCATOR: LockedAllocator<FreeListAllocator> = LockedAllocator::new(FreeListAllocator::new());

/// Nothing in this crate panics. Should a dependency do so, the module traps, the loader catches that, and the page goes on
/// with the fallback.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
