import Bytes

/// What a search covers: a circle or a box around a place.
struct GeoShape {
    enum Form {
        /// Radius in metres.
        case circle(Double)
        /// Width and height in metres.
        case box(Double, Double)
    }

    var center = GeoPlace(longitude: 0, latitude: 0)
    var form = Form.circle(0)
    /// Metres of the unit that distances are answered in.
    var unit = 1.0

    /// Metres from the center to a place, or nothing when it is outside.
    func distance(of place: GeoPlace) -> Double? {
        switch form {
        case .circle(let radius):
            // Nothing is nearer than its parallel is; the last digits of both may differ.
            guard center.latitudeDistance(to: place) <= radius * 1.000001 + 0.001 else {
                return nil
            }
            let distance = center.distance(to: place)
            return distance > radius ? nil : distance
        case .box(let width, let height):
            guard place.latitudeDistance(to: center) <= height / 2 else { return nil }
            let beside = GeoPlace(longitude: center.longitude, latitude: place.latitude)
            guard place.distance(to: beside) <= width / 2 else { return nil }
            return center.distance(to: place)
        }
    }

    /// Half the height and half the width, in metres.
    private var extent: (height: Double, width: Double) {
        switch form {
        case .circle(let radius): (radius, radius)
        case .box(let width, let height): (height / 2, width / 2)
        }
    }

    private var radius: Double {
        switch form {
        case .circle(let radius): radius
        case .box(let width, let height):
            ((width / 2) * (width / 2) + (height / 2) * (height / 2)).squareRoot()
        }
    }

    /// What is searched at least.
    private var bounds: GeoArea {
        let (height, width) = extent
        let rise = GeoPlace.degrees(height / GeoPlace.earthRadius)
        // A degree of longitude is shortest at the end that is farther from the equator.
        let outer = center.latitude < 0 ? center.latitude - rise : center.latitude + rise
        let side = GeoPlace.degrees(
            width / GeoPlace.earthRadius / GeoPlace.radians(outer).cosine)
        return GeoArea(
            south: center.latitude - rise, north: center.latitude + rise,
            west: center.longitude - side, east: center.longitude + side)
    }

    /// Bits of each coordinate with which three cells are as wide as the search.
    private var step: Int {
        var range = radius
        guard range != 0 else { return GeoHash.stepMax }
        let halfEquator = 20_037_726.37
        var step = 1
        while range < halfEquator {
            range *= 2
            step += 1
        }
        step -= 2
        // Cells are narrower near the poles.
        if center.latitude.magnitude > 66 { step -= 1 }
        if center.latitude.magnitude > 80 { step -= 1 }
        return min(max(step, 1), GeoHash.stepMax)
    }

    /// The cells that together cover the search, the center's first, in the order in which they are
    /// searched.
    var cells: GeoCells {
        let bounds = bounds
        var cells = GeoCells(around: GeoHash(center, step: step))
        if cells.center.step > 1, !cells.covers(bounds) {
            cells = GeoCells(around: GeoHash(center, step: step - 1))
        }
        cells.leaveOut(bounds)
        return cells
    }
}

/// A cell of the grid and its eight neighbours.
struct GeoCells {
    let center: GeoHash
    /// Which neighbours are searched, by their place in `directions`.
    private var isSearched = InlineArray<9, Bool>(repeating: true)

    /// Columns to the east and rows to the north.
    private static let directions: InlineArray<9, (east: Int, north: Int)> = [
        (0, 0), (0, 1), (0, -1), (1, 0), (-1, 0), (1, 1), (-1, 1), (1, -1), (-1, -1),
    ]

    init(around center: GeoHash) { self.center = center }

    /// Whether the cells reach as far as an area does.
    func covers(_ bounds: GeoArea) -> Bool {
        center.neighbour(east: 0, north: 1).area.north >= bounds.north
            && center.neighbour(east: 0, north: -1).area.south <= bounds.south
            && center.neighbour(east: 1, north: 0).area.east >= bounds.east
            && center.neighbour(east: -1, north: 0).area.west <= bounds.west
    }

    /// Leaves out the neighbours on the sides where the center's cell reaches beyond the bounds.
    mutating func leaveOut(_ bounds: GeoArea) {
        guard center.step >= 2 else { return }
        let area = center.area
        for index in 1..<9 {
            let (east, north) = Self.directions[index]
            let isUseless =
                (north < 0 && area.south < bounds.south)
                || (north > 0 && area.north > bounds.north)
                || (east < 0 && area.west < bounds.west)
                || (east > 0 && area.east > bounds.east)
            if isUseless { isSearched[index] = false }
        }
    }

    /// Hands out the cells to search, one that follows itself only once.
    func forEach(_ body: (GeoHash) -> Void) {
        var last: GeoHash?
        for index in 0..<9 where isSearched[index] {
            let (east, north) = Self.directions[index]
            let cell = center.neighbour(east: east, north: north)
            if index > 1, cell == last { continue }
            body(cell)
            last = cell
        }
    }
}
