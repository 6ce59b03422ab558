import Foundation
import Platform
import PlatformSimulation
import Testing

/// Runs every decoder over its corpus, and over changes of it that a seed draws. `make fuzz` looks for
/// more with the coverage as its guide, and what it finds is kept in the corpus.
@Suite struct CorpusTests {
    private static let corpora = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("corpora")

    private static func corpus(of target: FuzzTarget) throws -> [[UInt8]] {
        let directory = corpora.appendingPathComponent(target.rawValue)
        return try FileManager.default.contentsOfDirectory(
            at: directory, includingPropertiesForKeys: nil
        )
        .sorted { $0.path < $1.path }.map { Array(try Data(contentsOf: $0)) }
    }

    @Test(arguments: FuzzTarget.allCases)
    func nothingOfTheCorpusCrashes(target: FuzzTarget) throws {
        let corpus = try Self.corpus(of: target)
        #expect(!corpus.isEmpty)
        for bytes in corpus { target.take(bytes) }
    }

    @Test(arguments: FuzzTarget.allCases)
    func nothingThatIsLikeTheCorpusCrashes(target: FuzzTarget) throws {
        let corpus = try Self.corpus(of: target)
        for seed in SimulationBudget.seeds(20) {
            var random = SeededRandom(seed: seed)
            for _ in 0..<10 {
                var bytes = corpus[random.index(below: corpus.count)]
                ByteMutation.mutate(&bytes, &random)
                target.take(bytes)
            }
        }
    }
}
