import Platform

/// How much is drawn and simulated: a fixed share in every test run, more when somebody asks for it.
///
/// `LEDGERSTONE_BUDGET=torture swift test --filter Simulation` takes a hundred times as many seeds;
/// `LEDGERSTONE_SEED=n` runs only the session of one seed, for whoever looks into a failure.
public enum SimulationBudget {
    public static var isTorture: Bool {
        KernelProcess().environment("LEDGERSTONE_BUDGET") == "torture"
    }

    /// The seeds of a test that usually takes so many.
    public static func seeds(_ count: Int) -> [UInt64] {
        if let seed = KernelProcess().environment("LEDGERSTONE_SEED").flatMap({ UInt64($0) }) {
            return [seed]
        }
        return (1...UInt64(rounds(count, torture: count * 100))).map { $0 }
    }

    /// How often to repeat, by budget.
    public static func rounds(_ quick: Int, torture: Int) -> Int { isTorture ? torture : quick }
}
