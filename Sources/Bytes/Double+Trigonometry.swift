import CPlatform

// Angles in radians.
extension Double {
    @inlinable public var sine: Double { ls_sine(self) }
    @inlinable public var cosine: Double { ls_cosine(self) }
    /// The angle that has this sine.
    @inlinable public var arcSine: Double { ls_arc_sine(self) }
}
