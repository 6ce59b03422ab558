import Platform

/// A call on the simulated disk.
public struct SimulatedCall: Equatable, Sendable {
    /// Counted from one.
    public let number: Int
    public let operation: IOError.Operation
    public let path: String
    /// Whether it succeeded.
    public let succeeded: Bool

    /// Whether it can have changed what a restart would find.
    public var isChange: Bool {
        switch operation {
        case .read, .status, .list, .map, .space, .changeDirectory, .close: false
        default: true
        }
    }
}
