"""What a deployment has done for the way to the people: the edge's secret, the site's files."""
