import Bytes
import Structures
import Testing

/// A run beside an array of texts that goes through the same changes.
private struct RunAndModel {
    var run = PackedRun.make()
    var model: [[UInt8]] = []
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func random(below bound: Int) -> Int {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return Int((mixed ^ (mixed >> 31)) % UInt64(bound))
    }

    /// A text near one of the limits where the coding changes.
    mutating func text(longest: Int) -> [UInt8] {
        if random(below: 3) == 0 {
            let limits: [Int64] = [
                0, 127, 4095, -4096, 32767, 1 << 23, 1 << 31, .max - 2, -1 << 31,
            ]
            return Array("\(limits[random(below: limits.count)] + Int64(random(below: 3)))".utf8)
        }
        let limits = [0, 1, 20, 62, 63, 64, 125, 126, 127, 128, 4094, 4095, 4096, 16382, 16390]
        let count = limits.filter { $0 <= longest }.randomElement(by: random(below: 1000))
        return (0..<count).map { _ in UInt8(random(below: 256)) }
    }

    /// One change at random; `growing` says whether more comes than goes.
    mutating func change(growing: Bool, longest: Int) {
        let index = random(below: model.count + 1)
        if random(below: 10) < (growing ? 7 : 3) {
            let text = text(longest: longest)
            text.withSlice { slice in
                let value = StringValue(slice)
                switch random(below: 4) {
                case 0:
                    run.append(value)
                    model.append(text)
                case 1:
                    run.prepend(value)
                    model.insert(text, at: 0)
                case 2:
                    run.insert(value, at: run.position(of: index))
                    model.insert(text, at: index)
                default:
                    guard index < model.count else { return }
                    run.replace(at: run.position(of: index), with: value)
                    model[index] = text
                }
            }
        } else {
            guard index < model.count else { return }
            switch random(below: 5) {
            case 0:
                run.removeFirst()
                model.removeFirst()
            case 1:
                run.removeLast()
                model.removeLast()
            case 2:
                let count = min(model.count - index, 1 + random(below: 3))
                run.remove(at: run.position(of: index), count: count)
                model.removeSubrange(index..<index + count)
            case 3:
                guard random(below: 20) == 0 else { return }
                run.truncate(to: run.position(of: index), removing: model.count - index)
                model.removeSubrange(index...)
            default: splitAndJoin(at: index)
            }
        }
    }

    private mutating func splitAndJoin(at index: Int) {
        let behind = model.count - index
        let right = run.split(at: run.position(of: index), countBehind: behind)
        right.checkInvariants()
        #expect(right.count == behind)
        if random(below: 2) == 0 {
            run.append(elements: right.elements, count: right.count)
        } else {
            run.insert(elements: right.elements, count: right.count, at: 0)
            model = Array(model[index...] + model[..<index])
        }
        right.free()
    }

    func check() {
        run.checkInvariants()
        #expect(run.texts == model)
        #expect(run.count == model.count)
        for index in [0, model.count / 3, model.count * 2 / 3, model.count - 1]
        where index >= 0 && index < model.count {
            let position = run.position(of: index)
            model[index].withSlice { text in
                #expect(run.isEqual(at: position, to: StringValue(text)))
                let found = run.find(StringValue(text))
                #expect(found == run.position(of: model.firstIndex(of: model[index])!))
            }
        }
    }
}

extension [Int] {
    fileprivate func randomElement(by draw: Int) -> Int { self[draw % count] }
}

extension PackedRun {
    fileprivate var texts: [[UInt8]] {
        var all: [[UInt8]] = []
        var position = 0
        while position < size {
            var text = ByteBuffer()
            self[position].append(to: &text)
            all.append(text.bytes.array)
            position = next(position)
        }
        return all
    }

    fileprivate mutating func append(text: String) {
        text.withSlice { append(StringValue($0)) }
    }
}

@Suite struct PackedRunTests {
    @Test(arguments: [(1, 64), (2, 64), (3, 4096), (4, 128), (5, 16390), (6, 0)])
    func holdsWhatAnArrayHolds(seed: UInt64, longest: Int) {
        var both = RunAndModel(seed: seed)
        for round in 0..<12 {
            for _ in 0..<150 {
                both.change(growing: round % 3 != 2, longest: longest)
                both.run.checkInvariants()
            }
            both.check()
            let copy = both.run.copied()
            both.run.fit()
            both.check()
            #expect(copy.texts == both.model)
            copy.free()
        }
        both.run.free()
    }

    @Test func keepsItsMarkAndEpochWhereverItMoves() {
        var run = PackedRun.make(epoch: 7)
        run.mark = 9
        for number in 0..<2000 { run.append(text: "element \(number)") }
        for _ in 0..<1990 { run.removeFirst() }
        run.fit()
        #expect(run.mark == 9)
        #expect(run.node.epoch == 7)
        #expect(run.split(at: run.position(of: 5), countBehind: 5).node.epoch == 7)
        #expect(run.copied(epoch: 8).node.epoch == 8)
        #expect(run.copied().mark == 9)
    }

    @Test func pushesAtEitherEndMoveLittle() {
        // A queue in either direction of constant length does not grow.
        var run = PackedRun.make()
        for number in 0..<100 { run.append(text: "element \(number)") }
        for number in 0..<10_000 {
            run.append(text: "element \(number % 90 + 10)")
            run.removeFirst()
        }
        #expect(run.count == 100)
        #expect(run.memoryUsage < run.size * 2)
        for number in 0..<10_000 {
            run.prepend(text: "element \(number % 90 + 10)")
            run.removeLast()
        }
        #expect(run.memoryUsage < run.size * 2)
        for _ in 0..<100 { run.removeLast() }
        run.checkInvariants()
        #expect(run.memoryUsage <= 128)
        run.append(text: "again")
        #expect(run.texts == [Array("again".utf8)])
        run.free()
    }

    @Test(
        arguments: [
            ("0", [0x00, 1]), ("127", [0x7f, 1]), ("128", [0xc0, 0x80, 2]),
            ("-1", [0xdf, 0xff, 2]), ("4095", [0xcf, 0xff, 2]), ("-4096", [0xd0, 0x00, 2]),
            ("4096", [0xf1, 0x00, 0x10, 3]), ("-32768", [0xf1, 0x00, 0x80, 3]),
            ("32768", [0xf2, 0x00, 0x80, 0x00, 4]), ("-8388608", [0xf2, 0x00, 0x00, 0x80, 4]),
            ("8388608", [0xf3, 0x00, 0x00, 0x80, 0x00, 5]),
            ("2147483648", [0xf4, 0x00, 0x00, 0x00, 0x80, 0x00, 0x00, 0x00, 0x00, 9]),
            ("-9223372036854775808", [0xf4, 0, 0, 0, 0, 0, 0, 0, 0x80, 9]),
            ("", [0x80, 1]), ("01", [0x82, 0x30, 0x31, 3]), ("+1", [0x82, 0x2b, 0x31, 3]),
            ("a", [0x81, 0x61, 2]),
        ] as [(String, [UInt8])])
    func writesWhatRedisWrites(text: String, bytes: [UInt8]) {
        var run = PackedRun.make()
        run.append(text: text)
        #expect(run.elements.array == bytes)
        #expect(run.texts == [Array(text.utf8)])
        run.free()
    }

    @Test(
        arguments: [
            (63, [0xbf], [64]), (64, [0xe0, 0x40], [66]), (125, [0xe0, 0x7d], [127]),
            (126, [0xe0, 0x7e], [1, 0x80]), (4095, [0xef, 0xff], [0x20, 0x81]),
            (4096, [0xf0, 0x00, 0x10, 0x00, 0x00], [0x20, 0x85]),
            (16377, [0xf0, 0xf9, 0x3f, 0x00, 0x00], [0x7f, 0xfe]),
            (16378, [0xf0, 0xfa, 0x3f, 0x00, 0x00], [0x00, 0xff, 0xff]),
            (16379, [0xf0, 0xfb, 0x3f, 0x00, 0x00], [0x01, 0x80, 0x80]),
        ] as [(Int, [UInt8], [UInt8])])
    func writesTheSizesOfStringsAsRedisDoes(count: Int, head: [UInt8], trailer: [UInt8]) {
        let text = [UInt8](repeating: 0x78, count: count)
        var run = PackedRun.make()
        text.withSlice { run.append(.bytes($0)) }
        #expect(run.elements.array == head + text + trailer)
        #expect(run.next(0) == run.size)
        #expect(run.previous(run.size) == 0)
        run.free()
    }
}

extension PackedRun {
    fileprivate mutating func prepend(text: String) {
        text.withSlice { prepend(StringValue($0)) }
    }
}
