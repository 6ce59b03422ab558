import Bytes
import Configuration
import Foundation
import Platform
import PlatformSimulation
import Structures
import Testing

@testable import Keyspace
@testable import Persistence

/// A snapshot of one large value of each type, which is changed all the while.
@Suite(.serialized) struct LargeValueSnapshotTests {
    /// Bytes that a turn may serialise of a value of any size: it is pinned, not walked.
    private static let serialisedMax = 4096
    /// Nodes that a change may have to copy: those on the way to one leaf, and what splits.
    private static let copiedMax = 40

    private static var count: Int {
        let isTorture = ProcessInfo.processInfo.environment["LEDGERSTONE_BUDGET"] == "torture"
        return isTorture ? 1_000_000 : 50_000
    }

    private let keyspace = Keyspace(databaseCount: 1)
    private var database: Database { keyspace[0] }
    private var settings: EncodingSettings { keyspace.shared.value.encodings }

    private func withKey<Result>(_ body: (Key) -> Result) -> Result {
        "large".withSlice { body(Key($0)) }
    }

    private func text(_ number: Int) -> [UInt8] { Array("element \(number) of many".utf8) }

    // MARK: Making and changing

    private func make(_ type: ValueType, _ count: Int) -> StoredValue {
        switch type {
        case .list:
            var list = ListBuilder(settings)
            for number in 0..<count { text(number).withSlice { list.append(StringValue($0)) } }
            guard let value = list.finish() else { preconditionFailure("it has elements") }
            return value
        case .set:
            var set = SetValue.makeTable()
            for number in 0..<count {
                _ = text(number).withSlice { set.add(StringValue($0), limits: SetLimits(settings)) }
            }
            return set.value
        case .hash:
            var hash = HashValue.make(count: count, settings)
            for number in 0..<count {
                let deadline: DeadlineChange =
                    number % 10 == 0 ? .set(4_102_444_800_000 + Int64(number)) : .remove
                _ = text(number).withSlice {
                    hash.set($0, .integer(Int64(number)), deadline: deadline)
                }
            }
            return hash.value
        case .sortedSet:
            var set = SortedSet.make(count: count, settings)
            for number in 0..<count {
                text(number).withSlice {
                    set.insert($0, score: Double(number % 1000), settings)
                }
            }
            return set.value
        case .stream:
            let stream = ValueStream.make()
            for number in 0..<count { append(number, to: stream) }
            stream.addGroup(ByteSlice("group"), lastID: stream.lastID, entriesRead: -1)
            return stream.value
        case .string: preconditionFailure("strings are tested elsewhere")
        }
    }

    private func append(_ number: Int, to stream: ValueStream) {
        var list = SliceList()
        list.append(ByteSlice("field"))
        text(number).withSlice { text in
            list.append(text)
            stream.append(
                StreamID(milliseconds: UInt64(number + 1), sequence: 1), list.all,
                limits: StreamNodeLimits(sizeMax: 4096, entriesMax: 100))
        }
    }

    /// Changes the value in some place that the seed chooses.
    private func change(_ type: ValueType, _ count: Int, _ random: inout SeededRandom) {
        let number = random.index(below: count)
        let isNew = random.chance(1, in: 2)
        let text = text(isNew ? count + number : number)
        withKey { key in
            guard let entry = database.valueForChange(of: key) else { return }
            text.withSlice { text in
                switch type {
                case .list:
                    let list = ListValue(entry, settings)
                    if isNew {
                        list.push(StringValue(text), at: random.chance(1, in: 2) ? .left : .right)
                    } else {
                        list.replace(at: number, with: .integer(Int64(number)))
                    }
                case .set:
                    entry.changeSet { set in
                        _ =
                            isNew
                            ? set.add(StringValue(text), limits: SetLimits(settings))
                            : set.remove(StringValue(text))
                    }
                case .hash:
                    var hash = HashValue(entry.value, settings)
                    if isNew { hash.set(text, .integer(1)) } else { hash.remove(text) }
                    return database.hashChanged(hash, entry, at: key, nil)
                case .sortedSet:
                    var set = SortedSet(entry)
                    if set.score(of: text) == nil {
                        set.insert(text, score: 1.5, settings)
                    } else {
                        _ = set.remove(text)
                    }
                case .stream:
                    let stream = ValueStream(entry.value)
                    if isNew {
                        append(Int(stream.lastID.milliseconds), to: stream)
                    } else {
                        _ = stream.delete(
                            StreamID(milliseconds: UInt64(number + 1), sequence: 1))
                    }
                case .string: break
                }
            }
            database.valueChanged(key, nil)
        }
    }

    private var value: StoredValue? { withKey { database.entryUntouched(of: $0)?.value } }

    // MARK: The test

    @Test(arguments: [ValueType.list, .set, .hash, .sortedSet, .stream], [true, false])
    func aValueThatChangesIsSavedAsItWas(type: ValueType, isOfCommands: Bool) throws {
        let count = Self.count
        withKey { database.store(make(type, count), at: $0, .generic("restore")) }
        let before = ValueContents(try #require(value))
        let world = SimulatedWorld(seed: 3)
        let plan = SnapshotPlan(
            content: isOfCommands ? .commands(timestamp: nil) : .rdb(version: 12),
            temporaryPath: "/temp", publishedPath: "/dump")
        var random = SeededRandom(seed: UInt64(count))
        let snapshot = Snapshot(of: keyspace, plan, in: world.world) {}
        var buried = 0
        while true {
            if case .ended(let outcome) = snapshot.proceed(for: 0) {
                _ = try outcome.get()
                break
            }
            // What waits for the other thread is all that the data thread has serialised.
            #expect(snapshot.serialisedBytes <= Self.serialisedMax)
            for _ in 0..<5 {
                change(type, count, &random)
                guard let root = value?.root else { continue }
                #expect(root.buriedCount <= buried + Self.copiedMax || !root.isPinned)
                buried = root.buriedCount
            }
            _ = world.threads.stepOne(choosing: &random)
        }
        value?.checkInvariants()
        let file = try #require(world.fileSystem.peek("/dump"))
        #expect(try contents(of: file, isOfCommands) == before)
        #expect(ValueContents(try #require(value)) != before)
        #expect(value?.root.isPinned == false)
    }

    /// What a file holds of the key.
    private func contents(of file: [UInt8], _ isOfCommands: Bool) throws -> ValueContents {
        if isOfCommands {
            return ValueContents(records: file, of: try #require(value).type)
        }
        return try file.withSlice { bytes in
            let loaded = Keyspace(databaseCount: 1)
            var loader = RDBLoader(bytes, into: loaded, options: RDBLoader.Options())
            while try loader.proceed(size: 1 << 20) {}
            let entry = "large".withSlice { loaded[0].entryUntouched(of: Key($0)) }
            return ValueContents(try #require(entry).value)
        }
    }
}
