/// The commands over places, which are kept in sorted sets.
public enum GeoCommands {
    static let all: [DataCommand] = [
        geoadd, geodist, geohash, geopos, geosearch, geosearchstore, georadius, georadiusro,
        georadiusbymember, georadiusbymemberro,
    ]
}
