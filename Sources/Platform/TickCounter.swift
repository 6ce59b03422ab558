import CPlatform

/// The processor's steady counter: time at the price of a few nanoseconds, in a unit of its own.
///
/// The clock tells what the unit is: whoever measures keeps a reading of both and compares.
public enum TickCounter {
    @inlinable public static var now: UInt64 { ls_ticks() }
}
