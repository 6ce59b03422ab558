import Testing

@testable import Server

@Suite struct AdviceTests {
    private func event(_ values: [Int64]) -> LatencyMonitor.Event {
        var event = LatencyMonitor.Event()
        for (index, value) in values.enumerated() {
            event.samples.append(.init(time: 1000 + Int64(index), milliseconds: value))
            event.worst = max(event.worst, value)
        }
        return event
    }

    @Test func theGraphDrawsHighAndLow() {
        let lines = LatencyGraph.draw(event([10, 19, 80]), named: "command", now: 1062)
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        #expect(lines[0] == "command - high 80 ms, low 10 ms (all time high 80 ms)")
        #expect(lines[1] == String(repeating: "-", count: 80))
        #expect(Array(lines[2..<6]) == ["  #", "  #", "  #", "__#"])
        #expect(Array(lines[7...]) == ["111", "mmm", ""])
    }

    @Test func theGraphOfOneSampleIsFlat() {
        let text = LatencyGraph.draw(event([5]), named: "fork", now: 1007)
        #expect(text.hasSuffix(" \n \n \n_\n\n7\ns\n"))
    }

    @Test func theDoctorSaysWhenItCannotKnow() {
        let off = LatencyAdvice(events: [:], thresholdMilliseconds: 0, slowLogMicroseconds: 10000)
        #expect(off.text.contains("latency-monitor-threshold"))
        let quiet = LatencyAdvice(
            events: [:], thresholdMilliseconds: 50, slowLogMicroseconds: 10000)
        #expect(quiet.text.contains("Nothing took 50 milliseconds"))
    }

    @Test func theDoctorNamesEventsAndRemedies() {
        let advice = LatencyAdvice(
            events: ["command": event([100, 300]), "aof-fsync-always": event([60])],
            thresholdMilliseconds: 5, slowLogMicroseconds: 10000
        ).text
        #expect(
            advice.contains(
                "2. command: 2 samples, average 200 ms, mean deviation 100 ms, worst of all "
                    + "time 300 ms."))
        #expect(advice.contains("appendfsync"))
        #expect(advice.contains("slowlog-log-slower-than 5000"))
        #expect(!advice.contains("deadlines"))
    }

    @Test func memoryIsJudgedWhenThereIsEnoughOfIt() {
        var facts = MemoryAdvice.Facts()
        facts.used = 1 << 20
        #expect(MemoryAdvice(facts).text.contains("too little data"))

        facts.used = 100 << 20
        facts.peak = facts.used
        facts.allocated = facts.used
        facts.active = facts.used
        facts.allocatorResident = facts.used
        facts.resident = facts.used
        #expect(MemoryAdvice(facts).text == "Nothing about the memory is unusual.\n")

        facts.peak = 200 << 20
        facts.active = 120 << 20
        facts.allocatorResident = 120 << 20
        facts.resident = 120 << 20
        facts.sizePerClient = 1 << 20
        let text = MemoryAdvice(facts).text
        #expect(text.contains("Peak memory") && text.contains("Fragmentation"))
        #expect(text.contains("Connections"))
        #expect(!text.contains("Free pages") && !text.contains("Other memory"))
    }

    @Test func noJointOfAWallIsAboveAnother() {
        for seed in 0..<20 as Range<UInt64> {
            let lines = StoneWall(seed: seed).drawing.split(separator: "\n").map(Array.init)
            #expect(lines.count == 17)
            #expect(lines.allSatisfy { $0.count == 68 })
            for course in stride(from: 3, to: lines.count, by: 2) {
                for column in 1..<67 where lines[course][column] == "|" {
                    #expect(lines[course - 2][column] != "|", "seed \(seed)")
                }
            }
        }
    }
}
