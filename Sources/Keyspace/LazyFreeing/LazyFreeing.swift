/// Which removals leave large values to the thread that frees, as the `lazyfree-*` directives say.
public struct LazyFreeing: Sendable {
    public var expired = false
    public var evicted = false
    /// What a command overwrites.
    public var overwritten = false

    public init() {}
}
