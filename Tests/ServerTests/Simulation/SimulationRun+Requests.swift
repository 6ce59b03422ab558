import PlatformSimulation

// What clients ask for, as the seed draws it.

extension SimulationRun {
    func kind(for number: Int) -> ModelUnit.Kind {
        switch random.index(below: 12) {
        case 0, 1:
            return .transaction((0..<(1 + random.index(below: 3))).map { _ in operation(number) })
        case 2:
            let keys = (0..<options.keysPerClient).map { key(number, $0) }.shuffled(using: &random)
            return .setMany(keys.prefix(2).map { ($0, text(number)) })
        case 3, 4:
            let owner = (number + SimulatedServer.databaseCount) % clients.count
            return .read(key(owner, random.index(below: options.keysPerClient)), of: owner)
        default: return .single(operation(number))
        }
    }

    private func key(_ client: Int, _ index: Int) -> String { "c\(client):k\(index)" }

    static let filler = String(repeating: "x", count: 900)

    /// A text that nobody else ever writes, sometimes long enough to fill sectors.
    private func text(_ number: Int) -> String {
        event += 1
        let text = "v\(number).\(event)."
        return random.chance(1, in: 12) ? text + Self.filler : text
    }

    private func operation(_ number: Int) -> ModelOperation {
        let key = key(number, random.index(below: options.keysPerClient))
        let time = 1 + Int64(random.below(3000))
        let deadline: ModelOperation.Deadline =
            random.chance(1, in: 2) ? .after(time) : .at(world.clock.wallMilliseconds + time)
        if random.chance(1, in: 2) { return .collection(key, collectionOperation(number)) }
        if random.chance(1, in: 30) { return .bytes(key, .storePlaces) }
        switch random.index(below: 18) {
        case 14:
            return .bytes(key, .setBit(random.index(below: 20) * 8 + 1, random.chance(2, in: 3)))
        case 15: return .bytes(key, .addToHalf(random.index(below: 6), random.index(below: 16)))
        case 16: return .bytes(key, .copyBits)
        case 17: return counting(number)
        case 0...3: return .set(key, text(number), nil)
        case 4: return .set(key, text(number), deadline)
        case 5: return .set(key, "\(random.below(1000))", nil)
        case 6, 7: return .increment(key)
        case 8: return .append(key, text(number))
        case 9: return .delete(key)
        case 10: return .expire(key, deadline)
        case 11: return .persist(key)
        case 12: return .get(key)
        default: return .getAndDelete(key)
        }
    }

    /// A command on a key that holds a HyperLogLog, and that is read by nobody as a text.
    private func counting(_ number: Int) -> ModelOperation {
        let key = "c\(number):h"
        let elements = ["a", "b", "c", "d", "e", "f", "g", "h"]
        switch random.index(below: 8) {
        case 0: return .delete(key)
        case 1: return .expire(key, .after(1 + Int64(random.below(3000))))
        case 2, 3: return .bytes(key, .askCount)
        default:
            let some = (0...random.index(below: 2)).map { _ in elements[random.index(below: 8)] }
            return .bytes(key, .count(some))
        }
    }

    /// A command of a type of its own choice; the key often holds another one.
    private func collectionOperation(_ number: Int) -> ModelCollectionOperation {
        let name = "m\(random.index(below: 5))"
        let end: ModelCollectionOperation.End = random.chance(1, in: 2) ? .left : .right
        let far = 4_102_444_800_000 + Int64(random.below(1000))
        event += 1
        // Each client prefers a type, so that its keys live long enough to matter.
        let type = random.chance(3, in: 4) ? number % 5 : random.index(below: 5)
        if random.chance(1, in: 12) { return waiting(type, end) }
        switch (type, random.index(below: 8)) {
        case (0, 0...3): return .push((0...random.index(below: 3)).map { _ in text(number) }, end)
        case (0, 4): return .pop(end)
        case (0, 5): return .trimList
        case (0, 6): return .push([name, name], end)
        case (0, _): return random.chance(1, in: 2) ? .rotate : .removeElements(name)
        case (1, 0...4): return .addMembers([name, "\(random.below(9))"])
        case (1, 5): return .removeMember(name)
        case (1, _): return .popMember
        case (2, 0...2): return .setField(name, text(number))
        case (2, 3): return .setField(name, "7")
        case (2, 4): return .incrementField(name)
        case (2, 5): return .removeField(name)
        case (2, _): return .expireField(name, far)
        case (3, 0...3): return .addScored(name, Int(random.below(20)))
        case (3, 4): return .incrementScore(name, Int(random.below(5)))
        case (3, 5):
            let place = ModelPlace.allCases[random.index(below: ModelPlace.allCases.count)]
            return random.chance(1, in: 2) ? .removeScored(name) : .addPlace(place)
        case (3, _): return .popLowest
        case (_, 0...2): return .addEntry(event, text(number))
        case (_, 3): return .createGroup
        case (_, 4): return .readGroup(1 + random.index(below: 2))
        case (_, 5): return .acknowledge(max(1, event - random.index(below: 60)))
        case (_, 6): return .trimStream(random.index(below: 4))
        default: return .deleteEntry(max(1, event - random.index(below: 60)))
        }
    }

    /// A command that waits when there is nothing.
    private func waiting(
        _ type: Int, _ end: ModelCollectionOperation.End
    ) -> ModelCollectionOperation {
        switch type {
        case 3: .popLowestWaiting
        default: random.chance(1, in: 2) ? .popWaiting(end) : .rotateWaiting
        }
    }
}
