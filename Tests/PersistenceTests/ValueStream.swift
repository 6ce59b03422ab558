import Keyspace

/// A stream of the keyspace; Foundation has another type of that name.
typealias ValueStream = Stream
