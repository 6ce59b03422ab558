/// The size classes of the allocator: multiples of 16 up to 128, then four to each doubling.
public enum SizeClass {
    @inlinable
    public static func size(_ wanted: Int) -> Int {
        if wanted <= 128 { return wanted <= 8 ? 8 : (wanted &+ 15) & ~15 }
        let exponent = 63 &- (wanted &- 1).leadingZeroBitCount
        let step = 1 &<< (exponent &- 2)
        return (wanted &+ step &- 1) & ~(step &- 1)
    }
}
