"""What a push can be made to say of the depot, part by part; each works on JSON as it stands on the wire."""
