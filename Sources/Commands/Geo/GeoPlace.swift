import Bytes

/// A place on the earth, in degrees.
struct GeoPlace {
    var longitude: Double
    var latitude: Double

    static let earthRadius = 6_372_797.560856
    private static let degree = Double.pi / 180

    static func radians(_ degrees: Double) -> Double { degrees * degree }
    static func degrees(_ radians: Double) -> Double { radians / degree }

    /// Metres to another place on a sphere, by the haversine.
    func distance(to other: GeoPlace) -> Double {
        let half = ((Self.radians(other.longitude) - Self.radians(longitude)) / 2).sine
        guard half != 0 else { return latitudeDistance(to: other) }
        let (own, others) = (Self.radians(latitude), Self.radians(other.latitude))
        let rise = ((others - own) / 2).sine
        let chord = rise * rise + own.cosine * others.cosine * half * half
        return 2 * Self.earthRadius * chord.squareRoot().arcSine
    }

    /// Metres between the parallels of two places.
    func latitudeDistance(to other: GeoPlace) -> Double {
        Self.earthRadius * (Self.radians(other.latitude) - Self.radians(latitude)).magnitude
    }
}

/// A unit of length, with its metres.
enum GeoUnit {
    static let unsupported = CommandError.text(
        "ERR unsupported unit provided. please use M, KM, FT, MI")

    static func metres(_ word: ByteSlice) throws(CommandError) -> Double {
        if word.isWord("m") { return 1 }
        if word.isWord("km") { return 1000 }
        if word.isWord("ft") { return 0.3048 }
        if word.isWord("mi") { return 1609.34 }
        throw unsupported
    }
}

extension Slices {
    /// Two arguments as longitude and latitude.
    func place(_ index: Int) throws(CommandError) -> GeoPlace {
        let place = GeoPlace(
            longitude: try score(index), latitude: try score(index + 1))
        guard place.longitude.magnitude <= GeoHash.longitudeMax,
            place.latitude.magnitude <= GeoHash.latitudeMax
        else {
            var text = ByteBuffer()
            text.append("ERR invalid longitude,latitude pair ")
            text.append(fixed: place.longitude, digits: 6)
            text.append(",")
            text.append(fixed: place.latitude, digits: 6)
            throw .composed(ByteString(text.bytes))
        }
        return place
    }
}
