import Bytes
import Configuration
import Foundation
import Keyspace
import Platform
import Structures
import Testing

@testable import Persistence

/// Values of every layout: taken in, written again, and damaged.
@Suite struct RDBValueTests {
    /// Thresholds under which hardly anything stays small.
    private static var tiny: EncodingSettings {
        var settings = EncodingSettings()
        settings.hashEntriesMax = 2
        settings.sortedSetEntriesMax = 2
        settings.setIntsetEntriesMax = 2
        settings.setListpackEntriesMax = 2
        settings.listNodeSize = 3
        settings.listCompressDepth = 1
        return settings
    }

    /// The collection of a payload; nothing when it holds a string.
    private static func restored(
        _ payload: [UInt8], _ settings: EncodingSettings = EncodingSettings()
    ) throws -> StoredValue? {
        var scratch = ByteBuffer()
        return try payload.withSlice { payload in
            let value = try DumpPayload.restore(payload, encodings: settings, using: &scratch)
            guard case .collection(let value) = value else { return nil }
            return value
        }
    }

    /// The payload of a value, which ends with it.
    private static func payload(
        _ value: StoredValue, version: Int, compressing: Bool = true
    ) -> [UInt8] {
        let keyspace = Keyspace(databaseCount: 1)
        var payload = ByteBuffer()
        "k".withSlice { name in
            keyspace[0].store(value, at: Key(name), .generic("restore"))
            guard let entry = keyspace[0].entryUntouched(of: Key(name)) else { return }
            DumpPayload.append(
                entry, to: &payload, compressing: compressing, version: version)
            keyspace[0].remove(Key(name))
        }
        return payload.bytes.array
    }

    @Test func thereAreSamples() { #expect(ValueSample.all.count > 60) }

    @Test(arguments: ValueSample.all)
    func whatIsTakenInIsWrittenAgain(sample: ValueSample) throws {
        guard let first = try Self.restored(sample.payload) else { return }
        first.checkInvariants()
        let contents = ValueContents(first)
        #expect(!contents.parts.isEmpty)
        first.free()
        for settings in [EncodingSettings(), Self.tiny] {
            for version in [10, 11, 12] {
                for compresses in [true, false] {
                    guard let value = try Self.restored(sample.payload, settings) else { return }
                    value.checkInvariants()
                    #expect(ValueContents(value) == contents)
                    let written = Self.payload(
                        value, version: version, compressing: compresses)
                    try written.withSlice { written in
                        #expect(DumpPayload.isIntact(written))
                        try DumpPayload.check(written, depth: .contents)
                        let needed = sample.hasDeadlines ? 12 : version
                        #expect(Int(written[written.count - 10]) == needed)
                    }
                    guard let again = try Self.restored(written) else { return }
                    again.checkInvariants()
                    #expect(ValueContents(again) == contents, "version \(version)")
                    again.free()
                }
            }
        }
    }

    @Test(arguments: ValueSample.all)
    func everyShorterValueIsRefused(sample: ValueSample) {
        let frame = sample.payload.suffix(10)
        let counts = Array(0..<(sample.payload.count - 10))
        for count in counts where count < 100 || count % 37 == 0 {
            let cut = Array(sample.payload[..<count]) + frame
            #expect(throws: RDBError.self) { _ = try Self.restored(cut) }
        }
    }

    /// Takes in damaged values, and does with those that are taken what can be done.
    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func damageIsRefusedOrHarmless(number: UInt64) throws {
        let environment = ProcessInfo.processInfo.environment
        let budget = environment["LEDGERSTONE_BUDGET"] == "torture" ? 100_000 : 600
        let seed = environment["LEDGERSTONE_SEED"].flatMap { UInt64($0) } ?? number
        var random = SeededRandom(seed: seed)
        let plain = try Self.plainSamples()
        var taken = 0
        for _ in 0..<budget {
            var payload = plain[random.index(below: plain.count)]
            let frame = payload.suffix(10)
            payload.removeLast(10)
            RDBDamage.change(&payload, &random)
            payload += frame
            let settings = random.chance(1, in: 2) ? EncodingSettings() : Self.tiny
            guard let value = try? Self.restored(payload, settings) else { continue }
            taken += 1
            value.checkInvariants()
            let contents = ValueContents(value)
            let again = try #require(try Self.restored(Self.payload(value, version: 11)))
            #expect(ValueContents(again) == contents, "seed \(seed)")
            again.free()
        }
        #expect(taken > budget / 100)
    }

    /// The samples, the smaller ones also without compression, which would hide what is inside.
    private static func plainSamples() throws -> [[UInt8]] {
        var samples: [[UInt8]] = []
        for sample in ValueSample.all where sample.payload.count < 4000 {
            samples.append(sample.payload)
            guard let value = try restored(sample.payload) else { continue }
            samples.append(payload(value, version: 11, compressing: false))
        }
        return samples
    }

    @Test func fieldsPastTheirDeadlineAreDroppedFromDumps() throws {
        let far: Int64 = 4_102_444_800_000
        for sample in ValueSample.all where sample.hasDeadlines {
            for (now, isThere) in [(far, true), (far + 1, false), (far + 1000, false)] {
                try sample.payload.withSlice { payload in
                    var values = ValueLoader(EncodingSettings(), dropsFieldsBefore: now)
                    var (type, input) = try DumpPayload.begin(payload)
                    let value = try values.load(type, from: &input)
                    defer { value.free() }
                    let hash = HashView(value)
                    "12".withSlice { #expect((hash.find($0) != nil) == isThere) }
                    "0".withSlice { #expect(hash.find($0) != nil) }
                    #expect(hash.deadlineCount == (now > far + 500 ? 0 : isThere ? 15 : 8))
                }
            }
        }
    }

    @Test func emptyCollectionsAreNoKeys() throws {
        let file =
            Array("REDIS0011".utf8)
            + [UInt8](hex: "fe00 01 016c 00 02 0173 00 04 0168 00 0e 0171 00 00 016b 0161 ff")
            + [UInt8](repeating: 0, count: 8)
        try file.withSlice { bytes in
            let keyspace = Keyspace(databaseCount: 1)
            var loader = RDBLoader(bytes, into: keyspace, options: RDBLoader.Options())
            while try loader.proceed(size: 10) {}
            #expect(loader.counts.keysLoaded == 1)
            #expect(loader.counts.emptyKeysSkipped == 4)
            #expect(loader.emptyKeys == ["l", "s", "h", "q"])
        }
    }
}

/// Damage to the value of a payload; its type stays as it is, mostly.
enum RDBDamage {
    private static let tellingBytes: [UInt8] = [
        0, 1, 2, 0x3f, 0x40, 0x7f, 0x80, 0x81, 0xc0, 0xc3, 0xf0, 0xf4, 0xfe, 0xff,
    ]

    static func change(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
        for _ in 0...random.index(below: 3) where bytes.count > 1 {
            let first = random.chance(1, in: 20) ? 0 : 1
            let index = first + random.index(below: bytes.count - first)
            switch random.index(below: 7) {
            case 0, 1: bytes[index] ^= 1 << UInt8(random.below(8))
            case 2: bytes[index] = bytes[index] &+ (random.chance(1, in: 2) ? 1 : 255)
            case 3: bytes[index] = tellingBytes[random.index(below: tellingBytes.count)]
            case 4: bytes.remove(at: index)
            case 5: bytes.insert(UInt8(random.below(256)), at: index)
            default:
                for place in index..<min(bytes.count, index + 8) {
                    bytes[place] = random.chance(1, in: 2) ? 0xff : 0
                }
            }
        }
    }
}
