import Persistence
import Testing

@Suite struct SnapshotPaceTests {
    @Test func slicesTakeTheirShareWhileClientsAreServed() {
        var pace = SnapshotPace(share: 4, now: 0)
        var taken: Int64 = 0
        for now in stride(from: Int64(20), through: 1_000_000, by: 20) {
            let slice = pace.slice(at: now, isBusy: true)
            #expect(slice == 0 || slice >= 50)
            taken += slice
        }
        #expect((38_000...40_000).contains(taken))
    }

    @Test func aPauseOfClientsIsNotIdleness() {
        var pace = SnapshotPace(share: 4, now: 0)
        _ = pace.slice(at: 100, isBusy: true)
        let short = pace.slice(at: 1_500, isBusy: false)
        #expect(short < 1000)
        #expect(!pace.isIdle)
        let long = pace.slice(at: 2_200, isBusy: false)
        #expect(long == 1000)
        #expect(pace.isIdle)
        let busy = pace.slice(at: 2_300, isBusy: true)
        #expect(busy == 0)
        #expect(!pace.isIdle)
    }
}
