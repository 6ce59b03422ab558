import Bytes
import Commands
import Configuration
import Platform
import Testing

/// The records of any run of commands rebuild the same state, whenever they are replayed.
@Suite struct ReplayTests {
    @Test(arguments: 0..<30)
    func recordsRebuildTheState(_ seed: UInt64) {
        var generator = SyntaxGenerator(seed: seed)
        let original = CommandFixture(seed: seed)
        let later = CommandFixture(now: original.now + 500_000_000_000, seed: ~seed)
        let earlier = CommandFixture(now: 1, seed: seed + 1)
        for fixture in [later, earlier] { fixture.isReplaying = true }

        for _ in 0..<400 {
            if generator.random.chance(1, in: 20) {
                original.select(generator.random.index(below: 4))
            }
            original.now += generator.number(0, 1200)
            generator.now = original.now
            original.settings.expiresLazily = generator.random.chance(1, in: 2)
            let declaration = generator.pick(SyntaxTests.declarations)
            // Seldom, or little else would ever be there.
            if declaration.fullName.hasPrefix("flush"), generator.random.chance(9, in: 10) {
                continue
            }
            let request = generator.request(declaration)
            original.run(request.bytes)
            for (database, words) in original.recordWords {
                for fixture in [later, earlier] {
                    fixture.select(database)
                    fixture.run(words)
                }
            }
            guard original.digest == later.digest, original.digest == earlier.digest else {
                Issue.record("\(request.line) left \(original.records)")
                return
            }
        }
    }

    @Test(arguments: EvictionPolicy.allCases)
    func recordsRebuildWhatEvictionLeaves(_ policy: EvictionPolicy) {
        var generator = SyntaxGenerator(seed: 11)
        let original = CommandFixture()
        let replica = CommandFixture(now: 1, seed: 2)
        replica.isReplaying = true
        var memory = Settings().memory
        memory.policy = policy
        let clock = original.keyspace.shared
        clock.value.evictionClock.subject = policy.clockSubject
        var evictedCount = 0
        for round in 0..<600 {
            clock.value.freesLazily.evicted = round % 2 == 0
            original.now += generator.number(0, 1200)
            generator.now = original.now
            if round % 3 == 0 {
                if original.evict(memory) { evictedCount += 1 }
            } else {
                let declaration = generator.pick(SyntaxTests.declarations)
                if declaration.fullName.hasPrefix("flush") { continue }
                original.run(generator.request(declaration).bytes)
            }
            for (database, words) in original.recordWords {
                replica.select(database)
                replica.run(words)
            }
            guard original.digest == replica.digest else {
                Issue.record("\(policy), round \(round): \(original.recordWords)")
                return
            }
        }
        #expect((evictedCount > 3) == policy.evicts, "\(policy): \(evictedCount)")
    }

    @Test func whatIsReadLeavesNoRecord() {
        var generator = SyntaxGenerator(seed: 7)
        let fixture = CommandFixture()
        for _ in 0..<20 {
            fixture.run("mset a 1 b text c 1.5")
            for declaration in SyntaxTests.declarations
            where declaration.flags.contains(.readOnly) {
                let before = fixture.digest
                fixture.run(generator.request(declaration).bytes)
                #expect(fixture.records == [])
                #expect(fixture.changes == 0)
                #expect(fixture.digest == before)
            }
        }
    }

    @Test func aChangeLeavesARecordAndARecordComesOfAChange() {
        for seed in 0..<20 as Range<UInt64> {
            var generator = SyntaxGenerator(seed: seed)
            let fixture = CommandFixture()
            fixture.run("mset a 1 b text c 1.5 d 4 e 5")
            for declaration in SyntaxTests.declarations {
                let before = fixture.digest
                let request = generator.request(declaration)
                fixture.run(request.bytes)
                if fixture.digest != before {
                    // Only that a key was past its deadline may be found by a command that changes
                    // nothing itself.
                    let isEnd = fixture.records.allSatisfy { $0.contains(" DEL ") }
                    #expect(fixture.changes > 0 || isEnd, "\(request.line)")
                    // What a group was delivered, and several keys with deadlines, are a group of
                    // records; so is a change after the end of a key.
                    let isUnit = ["xreadgroup", "xclaim", "xautoclaim", "msetex"].contains(
                        declaration.fullName)
                    #expect(fixture.records.count == 1 || isUnit || isEnd, "\(request.line)")
                    #expect(!fixture.records.isEmpty, "\(request.line)")
                }
                if fixture.changes > 0 {
                    let writes =
                        declaration.flags.contains(.write) || declaration.fullName == "pfcount"
                    #expect(writes, "\(request.line)")
                    #expect(!fixture.records.isEmpty, "\(request.line)")
                }
            }
        }
    }
}
