import Bytes

/// A cell of the grid that Redis lays over the earth: bits of latitude and longitude by turns, the
/// longitude's first.
///
/// `step` is the number of bits of each. The score of a member has 26 of each, 52 bits, which a
/// double holds. The latitude ends at 85.05112878 degrees, where the map that the grid is made for
/// is square.
struct GeoHash: Equatable {
    var bits: UInt64
    var step: Int

    static let stepMax = 26
    static let latitudeMax = 85.05112878
    static let longitudeMax = 180.0

    init(bits: UInt64, step: Int) {
        self.bits = bits
        self.step = step
    }

    /// The cell of a place.
    ///
    /// - Parameter latitudeMax: where the grid ends, 90 for the hash of other systems.
    init(_ place: GeoPlace, step: Int, latitudeMax: Double = Self.latitudeMax) {
        let scale = Double(1 << step)
        let latitude = (place.latitude + latitudeMax) / (2 * latitudeMax) * scale
        let longitude = (place.longitude + Self.longitudeMax) / (2 * Self.longitudeMax) * scale
        bits = Self.interleave(Self.cell(latitude), Self.cell(longitude))
        self.step = step
    }

    /// The cell that a score stands for.
    init(score: Double) {
        let isHash = score >= 0 && score < 0x1p63
        self.init(bits: isHash ? UInt64(score) : 0, step: Self.stepMax)
    }

    private static func cell(_ offset: Double) -> UInt32 {
        UInt32(truncatingIfNeeded: Int64(offset))
    }

    /// The score of a member at this place.
    var score: Double { Double(bits) }

    /// The first score of the cell, and the first behind it.
    var scores: (first: Double, end: Double) {
        let shift = UInt64(52 - 2 * step)
        return (Double(bits << shift), Double((bits &+ 1) << shift))
    }

    /// What the cell covers, in degrees.
    var area: GeoArea {
        let latitude = Double(Self.deinterleave(bits))
        let longitude = Double(Self.deinterleave(bits >> 1))
        let scale = Double(1 << step)
        let (height, width) = (2 * Self.latitudeMax, 2 * Self.longitudeMax)
        return GeoArea(
            south: -Self.latitudeMax + latitude / scale * height,
            north: -Self.latitudeMax + (latitude + 1) / scale * height,
            west: -Self.longitudeMax + longitude / scale * width,
            east: -Self.longitudeMax + (longitude + 1) / scale * width)
    }

    /// The middle of the cell.
    var place: GeoPlace {
        let area = area
        return GeoPlace(
            longitude: min(
                max((area.west + area.east) / 2, -Self.longitudeMax), Self.longitudeMax),
            latitude: min(
                max((area.south + area.north) / 2, -Self.latitudeMax), Self.latitudeMax))
    }

    /// The cell so many columns to the east and rows to the north (-1, 0, 1); around the earth at
    /// its ends.
    func neighbour(east: Int, north: Int) -> GeoHash {
        var moved = self
        moved.bits = Self.moved(moved.bits, by: east, in: Self.columns, step)
        moved.bits = Self.moved(moved.bits, by: north, in: ~Self.columns, step)
        return moved
    }

    /// The bits of the longitude.
    private static let columns: UInt64 = 0xaaaa_aaaa_aaaa_aaaa

    /// Counts up or down in every second bit: the bits between are filled so that they carry.
    ///
    /// At the eastern and northern ends the cell of a place has a bit too many; it is cut off only
    /// from the coordinate that moves, as Redis does.
    private static func moved(
        _ bits: UInt64, by direction: Int, in own: UInt64, _ step: Int
    ) -> UInt64 {
        guard direction != 0 else { return bits }
        let shift = UInt64(64 - 2 * step)
        let between = ~own >> shift
        let counted =
            direction > 0
            ? (bits & own) &+ (between &+ 1) : ((bits & own) | between) &- (between &+ 1)
        return (counted & (own >> shift)) | (bits & ~own)
    }

    /// The bits of two numbers by turns, the first one's lowest.
    private static func interleave(_ low: UInt32, _ high: UInt32) -> UInt64 {
        spread(low) | spread(high) << 1
    }

    private static func spread(_ number: UInt32) -> UInt64 {
        var bits = UInt64(number)
        bits = (bits | bits << 16) & 0x0000_ffff_0000_ffff
        bits = (bits | bits << 8) & 0x00ff_00ff_00ff_00ff
        bits = (bits | bits << 4) & 0x0f0f_0f0f_0f0f_0f0f
        bits = (bits | bits << 2) & 0x3333_3333_3333_3333
        return (bits | bits << 1) & 0x5555_5555_5555_5555
    }

    private static func deinterleave(_ number: UInt64) -> UInt32 {
        var bits = number & 0x5555_5555_5555_5555
        bits = (bits | bits >> 1) & 0x3333_3333_3333_3333
        bits = (bits | bits >> 2) & 0x0f0f_0f0f_0f0f_0f0f
        bits = (bits | bits >> 4) & 0x00ff_00ff_00ff_00ff
        bits = (bits | bits >> 8) & 0x0000_ffff_0000_ffff
        bits = (bits | bits >> 16) & 0x0000_0000_ffff_ffff
        return UInt32(truncatingIfNeeded: bits)
    }
}

/// A part of the earth between two parallels and two meridians, in degrees.
struct GeoArea {
    var south: Double
    var north: Double
    var west: Double
    var east: Double
}
