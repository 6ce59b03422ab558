import Bytes
import Configuration
import Structures
import Testing

@testable import Keyspace

/// A list at a key beside an array that goes through the same changes, and versions of it that were
/// frozen on the way.
private struct ListAndModel: ~Copyable {
    let keyspace = Keyspace(databaseCount: 1)
    var settings = EncodingSettings()
    var model: [[UInt8]] = []
    private var pins: [(pinned: PinnedValue, model: [[UInt8]])] = []
    private var state: UInt64
    private let key: [UInt8] = Array("list".utf8)

    init(seed: UInt64, fill: Int, depth: Int) {
        state = seed
        settings.listNodeSize = fill
        settings.listCompressDepth = depth
    }

    mutating func random(below bound: Int) -> Int {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return Int((mixed ^ (mixed >> 31)) % UInt64(bound))
    }

    mutating func text() -> [UInt8] {
        switch random(below: 12) {
        case 0..<4: return Array("\(random(below: 20))".utf8)
        case 4..<7: return Array("\(random(below: 1 << 40))".utf8)
        case 7..<11: return [UInt8](repeating: 0x61, count: random(below: 200))
        default: return [UInt8](repeating: 0x62, count: 4000 + random(below: 6000))
        }
    }

    var list: ListValue? {
        key.withSlice { key in
            keyspace[0].valueForChange(of: Key(key)).map { ListValue($0, settings) }
        }
    }

    /// The list, made if it is missing.
    private func made() -> ListValue {
        list
            ?? key.withSlice { key in
                ListValue(keyspace[0].insert(ListValue.makeEmpty(), at: Key(key)), settings)
            }
    }

    private func removed(from list: ListValue) {
        if list.count > 0 { list.hasShrunk() }
        key.withSlice { keyspace[0].valueChanged(Key($0), nil, isEmpty: list.count == 0) }
    }

    mutating func change(growing: Bool) {
        let draw = random(below: 100)
        if model.isEmpty || draw < (growing ? 55 : 20) {
            grow()
        } else if draw < 75 {
            let index = random(below: model.count)
            let text = text()
            let list = made()
            text.withSlice {
                list.prepareToGrow(by: $0.count, count: 1)
                list.replace(at: index, with: StringValue($0))
            }
            model[index] = text
            removed(from: list)
        } else {
            shrink()
        }
    }

    private mutating func grow() {
        let (text, isLeft) = (text(), random(below: 2) == 0)
        let index = model.isEmpty ? nil : random(below: model.count)
        let isAtEnd = random(below: 3) > 0 || index == nil
        let list = made()
        text.withSlice {
            list.prepareToGrow(by: $0.count, count: 1)
            if let index, !isAtEnd {
                list.insert(StringValue($0), at: index, after: !isLeft)
                model.insert(text, at: isLeft ? index : index + 1)
            } else {
                list.push(StringValue($0), at: isLeft ? .left : .right)
                model.insert(text, at: isLeft ? 0 : model.count)
            }
        }
    }

    private mutating func shrink() {
        let list = made()
        let index = random(below: model.count)
        switch random(below: 4) {
        case 0:
            list.removeEnd(.left)
            model.removeFirst()
        case 1:
            list.removeEnd(.right)
            model.removeLast()
        case 2:
            let count = 1 + random(below: min(model.count - index, 12))
            list.remove(from: index, count: count)
            model.removeSubrange(index..<index + count)
        default:
            let (wanted, backwards) = (model[index], random(below: 2) == 0)
            let countMax = 1 + random(below: 3)
            let found = model.indices.filter { model[$0] == wanted }
            let gone = backwards ? found.suffix(countMax) : found.prefix(countMax)
            let count = wanted.withSlice {
                list.remove(StringValue($0), countMax: countMax, backwards: backwards)
            }
            #expect(count == gone.count)
            for index in gone.reversed() { model.remove(at: index) }
        }
        removed(from: list)
    }

    mutating func pinOrUnpin() {
        if random(below: 2) == 0, pins.count < 4, let value = list?.view.value,
            value.encoding == .quicklist
        {
            let frozen = StoredValue(value.root.pin(), .list, .quicklist)
            pins.append((PinnedValue(value: frozen), model))
        } else if !pins.isEmpty {
            checkAndUnpin(random(below: pins.count))
        }
    }

    private mutating func checkAndUnpin(_ index: Int) {
        let (pinned, model) = pins.remove(at: index)
        #expect(ListView(pinned.value).texts == model)
        pinned.unpin()
    }

    func check() {
        guard let view = list?.view else {
            #expect(model.isEmpty)
            return
        }
        view.quicklist?.checkInvariants()
        if view.value.encoding == .listpack { view.value.run.checkInvariants() }
        #expect(view.texts == model)
        var backwards: [[UInt8]] = []
        view.visit(from: view.count - 1, backwards: true) {
            backwards.append($0.array)
            return true
        }
        #expect(backwards == model.reversed())
        for index in stride(from: 0, to: model.count, by: max(1, model.count / 7)) {
            view.visit(from: index) {
                #expect($0.array == model[index])
                return false
            }
        }
    }

    mutating func finish() {
        key.withSlice { _ = keyspace[0].remove(Key($0)) }
        while !pins.isEmpty { checkAndUnpin(0) }
    }
}

extension StringValue {
    fileprivate var array: [UInt8] {
        var text = ByteBuffer()
        append(to: &text)
        return text.bytes.array
    }
}

extension ListView {
    fileprivate var texts: [[UInt8]] {
        var texts: [[UInt8]] = []
        visit(from: 0) {
            texts.append($0.array)
            return true
        }
        return texts
    }
}

@Suite struct ListModelTests {
    @Test(arguments: [
        (-2, 0), (-1, 1), (-1, 2), (3, 0), (3, 1), (10, 2), (1, 1), (0, 0), (128, 3), (-5, 1),
    ])
    func holdsWhatAnArrayHoldsAndFreezesIt(fill: Int, depth: Int) {
        for seed in 0..<3 as Range<UInt64> {
            var both = ListAndModel(seed: seed, fill: fill, depth: depth)
            for round in 0..<10 {
                for _ in 0..<80 {
                    both.change(growing: round % 4 != 3)
                    if both.random(below: 12) == 0 { both.pinOrUnpin() }
                }
                both.check()
            }
            both.finish()
        }
    }

    @Test func compressesWhatIsBetweenTheEnds() {
        var settings = EncodingSettings()
        settings.listNodeSize = -1
        settings.listCompressDepth = 1
        var builder = ListBuilder(settings)
        let text = [UInt8](repeating: 0x61, count: 100)
        for _ in 0..<1000 { text.withSlice { builder.append(StringValue($0)) } }
        guard let value = builder.finish() else {
            Issue.record("a list was built")
            return
        }
        let list = ListView(value).quicklist
        #expect(list?.nodeCount == 26)
        #expect(list?.compressedCount == 24)
        #expect(value.memoryUsage < 20_000)
        #expect(ListView(value).texts == Array(repeating: text, count: 1000))
        let copy = value.copied()
        value.free()
        #expect(ListView(copy).texts.count == 1000)
        ListView(copy).quicklist?.checkInvariants()
        copy.free()
    }

    @Test func aBuiltListHasTheEncodingThatFits() {
        var settings = EncodingSettings()
        settings.listNodeSize = 4
        for count in [0, 1, 4, 5] {
            var builder = ListBuilder(settings)
            for number in 0..<count { builder.append(.integer(Int64(number))) }
            let value = builder.finish()
            #expect(value?.encoding == (count == 0 ? nil : count <= 4 ? .listpack : .quicklist))
            value?.free()
        }
        var builder = ListBuilder(settings)
        builder.append(plain: ByteSlice("short"))
        #expect(builder.count == 1)
        let value = builder.finish()
        #expect(value?.encoding == .quicklist)
        value?.free()
        _ = ListBuilder(settings)
    }
}
