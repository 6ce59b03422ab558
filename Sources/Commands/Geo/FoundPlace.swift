import Bytes
import Keyspace

/// A member that a search has found. The member is lent by the set.
struct FoundPlace {
    let member: StringValue
    let score: Double
    let place: GeoPlace
    /// Metres.
    let distance: Double
}

extension GeoSearchRequest {
    /// The members in the shape, cell after cell of the grid.
    func found(in set: SortedSet) -> [FoundPlace] {
        var found: [FoundPlace] = []
        let limit = any ? count : .max
        shape.cells.forEach { cell in
            guard found.count < limit else { return }
            let (first, end) = cell.scores
            set.forEach(from: first, below: end) { member, score in
                let place = GeoHash(score: score).place
                if let distance = shape.distance(of: place) {
                    found.append(
                        FoundPlace(
                            member: member, score: score, place: place, distance: distance))
                }
                return found.count < limit
            }
        }
        return found
    }

    /// Puts what was found in the order that is wanted, and cuts it.
    func order(_ found: inout [FoundPlace]) {
        switch order {
        case .none: break
        case .nearestFirst: found.sort { $0.distance < $1.distance }
        case .farthestFirst: found.sort { $0.distance > $1.distance }
        }
        if count > 0, found.count > count { found.removeLast(found.count - count) }
    }
}
