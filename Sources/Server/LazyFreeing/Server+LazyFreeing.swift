import Keyspace
import Platform

/// The thread that frees, from the first value that is left to it.
struct LazyFreeingThread {
    let freer: ValueFreer
    let worker: any Worker
}

extension Server {
    /// Leaves a value to the thread that frees.
    func freeElsewhere(_ value: UnreachableValue) {
        let thread = lazyFreeing ?? startLazyFreeing()
        statistics.valuesFreedElsewhere &+= 1
        thread.freer.take(value)
        thread.worker.wake()
    }

    private func startLazyFreeing() -> LazyFreeingThread {
        let freer = ValueFreer()
        let thread = LazyFreeingThread(freer: freer, worker: world.threads.start("lazyfree", freer))
        lazyFreeing = thread
        return thread
    }

    /// Ends the thread. What it has not freed yet, the end of the process frees.
    func endLazyFreeing() {
        guard let thread = lazyFreeing else { return }
        lazyFreeing = nil
        thread.freer.end()
        thread.worker.wake()
        thread.worker.join()
    }

    /// Keys and values that are gone and not freed yet.
    var pendingFreeCount: Int {
        keyspace.detachedCount + (lazyFreeing?.freer.pendingCount ?? 0)
    }
}
