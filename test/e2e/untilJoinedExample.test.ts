import './examples/untilJoined';
