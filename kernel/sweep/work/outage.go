package work

// lastingLooks is how many looks in a row, one every watchEvery, have to find a server
// unhealthy until that ends a sweep: ten seconds. A server whose machine is busy is
// found unhealthy now and then, and serves all the same.
const lastingLooks = 10

// outage is how long a server has been unhealthy.
type outage struct {
	looks int // in a row that found it so
}

// lasting takes what a look found, nil for a healthy server, and returns it once the
// fault is one that lasts.
func (o *outage) lasting(fault error) error {
	if fault == nil {
		o.looks = 0
		return nil
	}
	if o.looks++; o.looks < lastingLooks {
		return nil
	}
	return fault
}
