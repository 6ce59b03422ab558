import Foundation

/// How much is simulated: a fixed share in every test run, more when somebody asks for it.
///
/// `LEDGERSTONE_BUDGET=torture swift test --filter Simulation` runs a hundred times as many seeds;
/// `LEDGERSTONE_SEED=n` runs only the session of one seed, for whoever looks into a failure.
enum SimulationBudget {
    /// The seeds of a test that usually takes so many.
    static func seeds(_ count: Int) -> [UInt64] {
        let environment = ProcessInfo.processInfo.environment
        if let seed = environment["LEDGERSTONE_SEED"].flatMap({ UInt64($0) }) { return [seed] }
        let factor = environment["LEDGERSTONE_BUDGET"] == "torture" ? 100 : 1
        return (1...UInt64(count * factor)).map { $0 }
    }
}
